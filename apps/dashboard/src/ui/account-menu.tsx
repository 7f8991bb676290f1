import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleUser, LogOut, Settings } from 'lucide-react';
import { useRef, type FocusEvent, type KeyboardEvent } from 'react';
import { answered, api } from '../api/gateway-client.js';
import { endSession, useSession } from '../api/session.js';

/** Who is signed in, the way to the settings, and out. */
export function AccountMenu() {
  const session = useSession();
  const client = useQueryClient();
  const menu = useRef<HTMLDetailsElement>(null);
  const signOut = useMutation({ mutationFn: () => answered(api.DELETE('/api/v1/session')), onSuccess: () => endSession(client) });
  const close = () => menu.current?.removeAttribute('open');
  const closeOnEscape = ({ key }: KeyboardEvent) => key === 'Escape' && close();
  const closeWhenLeft = ({ relatedTarget }: FocusEvent) => {
    if (relatedTarget && !menu.current?.contains(relatedTarget as Node)) close();
  };
  if (!session) return null;
  const item = 'flex h-9 w-full items-center gap-2 rounded-md px-2 hover:bg-raised';
  return (
    <details ref={menu} className="relative" onKeyDown={closeOnEscape} onBlur={closeWhenLeft}>
      <summary className="control list-none [&::-webkit-details-marker]:hidden" aria-label="Account" title={session.name} data-track="account-menu">
        <CircleUser aria-hidden className="size-4" />
      </summary>
      <div className="card absolute right-0 z-30 mt-1 w-60 p-1.5 shadow-lg">
        <div className="border-b border-line px-2 pt-1 pb-2">
          <p className="truncate font-medium">{session.name}</p>
          <p className="truncate text-[13px] text-muted">
            {session.email} · {session.role}
          </p>
        </div>
        <Link to="/settings" id="menu-settings" className={`${item} mt-1.5`} onClick={close}>
          <Settings aria-hidden className="size-4 text-muted" /> Settings
        </Link>
        <button type="button" className={item} data-track="sign-out" aria-disabled={signOut.isPending} onClick={() => signOut.mutate()}>
          <LogOut aria-hidden className="size-4 text-muted" /> {signOut.isError ? 'Sign out: try again' : 'Sign out'}
        </button>
      </div>
    </details>
  );
}
