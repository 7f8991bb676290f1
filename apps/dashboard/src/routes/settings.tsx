import { getRouteApi } from '@tanstack/react-router';
import { useIsAdmin } from '../api/session.js';
import { SettingsAccount } from '../panels/settings-account.js';
import { SettingsKeys } from '../panels/settings-keys.js';
import { SettingsPeople } from '../panels/settings-people.js';
import { SettingsProjects } from '../panels/settings-projects.js';
import { SettingsSharing } from '../panels/settings-sharing.js';
import { PageHeading } from '../ui/page-heading.js';
import { Segmented } from '../ui/segmented.js';
import { useProject } from './frame.js';
import type { SettingsTab } from './search.js';

const route = getRouteApi('/settings');

const TABS: readonly { value: SettingsTab; label: string; forAdmins: boolean }[] = [
  { value: 'projects', label: 'Projects', forAdmins: false },
  { value: 'keys', label: 'Keys', forAdmins: true },
  { value: 'people', label: 'People', forAdmins: true },
  { value: 'sharing', label: 'Sharing', forAdmins: false },
  { value: 'account', label: 'Account', forAdmins: false },
];

/** What may be changed about who may come in. A viewer finds only what concerns himself. */
export function SettingsPage() {
  const { tab: wanted = 'projects' } = route.useSearch();
  const navigate = route.useNavigate();
  const project = useProject();
  const isAdmin = useIsAdmin();
  const tabs = TABS.filter(({ forAdmins }) => isAdmin || !forAdmins);
  const tab = tabs.find(({ value }) => value === wanted)?.value ?? 'projects';
  return (
    <>
      <PageHeading title="Settings">
        <Segmented
          label="Settings"
          options={tabs}
          value={tab}
          className="max-sm:w-full"
          onChange={(chosen) => void navigate({ search: (previous) => ({ ...previous, tab: chosen === 'projects' ? undefined : chosen }) })}
        />
      </PageHeading>
      {tab === 'projects' && <SettingsProjects mayChange={isAdmin} />}
      {tab === 'keys' && <SettingsKeys key={project} project={project} />}
      {tab === 'people' && <SettingsPeople />}
      {tab === 'sharing' && <SettingsSharing key={project} project={project} />}
      {tab === 'account' && <SettingsAccount />}
    </>
  );
}
