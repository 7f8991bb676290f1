import { Menu } from '@base-ui/react/menu';
import type { SessionDto } from '@analytics/dto';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { LogOut, Settings } from 'lucide-react';
import { answered, api } from '../api/gateway-client.js';
import { endSession } from '../api/session.js';

/** Who is signed in, the way to the settings, and out. */
export default function AccountItems({ session }: { session: SessionDto }) {
  const client = useQueryClient();
  const signOut = useMutation({ mutationFn: () => answered(api.DELETE('/api/v1/session')), onSuccess: () => endSession(client) });
  return (
    <div className="w-56">
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
    </div>
  );
}
