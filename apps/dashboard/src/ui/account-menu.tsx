import { CircleUser } from 'lucide-react';
import { useSession } from '../api/session.js';
import { MenuControl } from './drop-down.js';
import { loadedAhead } from './loaded-ahead.js';

const AccountItems = loadedAhead(() => import('./account-items.js'));

/** Who is signed in; not there while nobody is. */
export function AccountMenu() {
  const session = useSession();
  if (!session) return null;
  return (
    <MenuControl label="Account" title={session.name} track="account-menu" shown={<CircleUser aria-hidden className="size-4" />}>
      <AccountItems session={session} />
    </MenuControl>
  );
}
