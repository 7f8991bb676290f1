import type { CreatedKeyDto, KeyDto, NewKeyDto } from '@analytics/dto';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { keysQuery, useChange } from '../api/access.js';
import { answered, api, projectsQuery } from '../api/gateway-client.js';
import { Choice, Field } from '../ui/field.js';
import { Panel, RowsSkeleton } from '../ui/panel.js';
import { RevocableRow } from '../ui/revocable-row.js';
import { Segmented } from '../ui/segmented.js';
import { SettingsForm } from '../ui/settings-form.js';
import { SettingsList } from '../ui/settings-list.js';
import { ToldOnce } from '../ui/told-once.js';

const SCOPES = { ingest: 'sends events', read: 'asks', admin: 'asks and changes' } as const;

/** The keys of the chosen project, or those for all projects at once. */
export function SettingsKeys({ project }: { project: string }) {
  const { data: projects = [] } = useQuery(projectsQuery);
  const [of, setOf] = useState<'one' | 'all'>('one');
  const [made, setMade] = useState<CreatedKeyDto | null>(null);
  const whose = of === 'all' ? null : project;
  const query = useQuery(keysQuery(whose));
  const name = projects.find(({ id }) => id === project)?.name ?? project;
  const choose = (chosen: 'one' | 'all') => {
    setOf(chosen);
    setMade(null);
  };
  const choice = (
    <Segmented
      label="Keys of"
      options={[
        { value: 'one', label: name },
        { value: 'all', label: 'All projects' },
      ]}
      value={of}
      onChange={choose}
    />
  );
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-3">
      <Panel title="Keys" className="lg:col-span-2" actions={choice} query={query} skeleton={<RowsSkeleton rows={4} height={48} />}>
        {(keys) => (
          <>
            {made && (
              <ToldOnce
                title={`${made.name}: ${made.scope} key`}
                name="key"
                secret={made.key}
                words={made.scope === 'ingest' ? 'Collectors take it within two seconds.' : 'Send it as Authorization: Bearer.'}
                onClose={() => setMade(null)}
              />
            )}
            {keys.length === 0 && <p className="py-8 text-center text-muted">There is no key yet.</p>}
            <SettingsList>
              {keys.map((key) => (
                <KeyRow key={key.id} item={key} project={whose} />
              ))}
            </SettingsList>
          </>
        )}
      </Panel>
      <NewKey key={of} project={whose} name={whose === null ? 'all projects' : name} onMade={setMade} />
    </div>
  );
}

function KeyRow({ item, project }: { item: KeyDto; project: string | null }) {
  const revoke = useChange(keysQuery(project).queryKey, () =>
    answered(
      project === null
        ? api.DELETE('/api/v1/keys/{keyId}', { params: { path: { keyId: item.id } } })
        : api.DELETE('/api/v1/projects/{project}/keys/{keyId}', { params: { path: { project, keyId: item.id } } }),
    ),
  );
  return <RevocableRow item={item} tag={item.scope} used="used" track="key-revoke" revoke={revoke} />;
}

interface NewKeyProps {
  project: string | null;
  name: string;
  onMade: (key: CreatedKeyDto) => void;
}

type TypedKey = NewKeyDto & { expires?: string };

function NewKey({ project, name, onMade }: NewKeyProps) {
  const makeKey = ({ expires, ...typed }: TypedKey): Promise<CreatedKeyDto> => {
    const body = { ...typed, expiresAt: expires ? new Date(`${expires}T23:59:59`).toISOString() : undefined };
    return answered(
      project === null
        ? api.POST('/api/v1/keys', { body })
        : api.POST('/api/v1/projects/{project}/keys', { params: { path: { project } }, body }),
    );
  };
  const add = useChange(keysQuery(project).queryKey, makeKey, onMade);
  const scopes = Object.entries(SCOPES).filter(([scope]) => project !== null || scope === 'admin');
  return (
    <SettingsForm title={`New key for ${name}`} words="Make key" track="key-make" change={add}>
      <Field label="Name" name="name" maxLength={100} required placeholder="Grafana" hint="To tell it apart from others." />
      <Choice label="Scope" name="scope" defaultValue={project === null ? 'admin' : 'ingest'}>
        {scopes.map(([scope, meaning]) => (
          <option key={scope} value={scope}>
            {scope}: {meaning}
          </option>
        ))}
      </Choice>
      <Field label="Last day" name="expires" type="date" hint="Left empty, it does not expire." />
    </SettingsForm>
  );
}
