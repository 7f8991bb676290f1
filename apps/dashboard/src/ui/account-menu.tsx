import { Menu } from '@base-ui/react/menu';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleUser, LogOut, Settings } from 'lucide-react';
import { answered, api } from '../api/gateway-client.js';
import { endSession, useSession } from '../api/session.js';
import { MenuPopup } from './choice-menu.js';

/** Who is signed in, the way to the settings, and out. */
export function AccountMenu() {
  const session = useSession();
  const client = useQueryClient();
  const signOut = useMutation({ mutationFn: () => answered(api.DELETE('/api/v1/session')), onSuccess: () => endSession(client) });
  if (!session) return null;
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className="control" aria-label="Account" title={session.name} data-track="account-menu">
        <CircleUser aria-hidden className="size-4" />
      </Menu.Trigger>
      <MenuPopup label="Account" className="w-60">
        <div className="mb-1.5 border-b border-line px-2 pt-1 pb-2">
          <p className="truncate font-medium">{session.name}</p>
          <p className="truncate text-[13px] text-muted">
            {session.email} · {session.role}
          </p>
        </div>
        <Menu.LinkItem closeOnClick className="menu-item" render={<Link to="/settings" id="menu-settings" />}>
          <Settings aria-hidden className="size-4 text-muted" /> Settings
        </Menu.LinkItem>
        <Menu.Item
          closeOnClick={false}
          className="menu-item"
          data-track="sign-out"
          aria-disabled={signOut.isPending}
          onClick={() => signOut.mutate()}
        >
          <LogOut aria-hidden className="size-4 text-muted" /> {signOut.isError ? 'Sign out: try again' : 'Sign out'}
        </Menu.Item>
      </MenuPopup>
    </Menu.Root>
  );
}
