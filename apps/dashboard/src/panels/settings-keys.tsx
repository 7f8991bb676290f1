import type { CreatedKeyDto, KeyDto, NewKeyDto } from '@analytics/dto';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { keysQuery, typedInto, useChange } from '../api/access.js';
import { answered, api, projectsQuery } from '../api/gateway-client.js';
import { Choice, Field, FormError } from '../ui/field.js';
import { age, momentOf } from '../ui/format.js';
import { Panel, RowsSkeleton } from '../ui/panel.js';
import { Segmented } from '../ui/segmented.js';
import { SettingsList, SettingsRow, Tag } from '../ui/settings-list.js';
import { SureButton } from '../ui/sure-button.js';
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
  const [now] = useState(Date.now);
  const expired = item.expiresAt !== null && Date.parse(item.expiresAt) <= now;
  const over = item.revokedAt !== null || expired;
  return (
    <SettingsRow
      over={over}
      title={
        <>
          <span className="font-medium">{item.name}</span>
          <Tag>{item.scope}</Tag>
          {item.prefix && <code className="font-mono text-xs text-muted">{item.prefix}…</code>}
        </>
      }
      facts={[
        `made ${momentOf(Date.parse(item.createdAt))}${item.createdBy ? ` by ${item.createdBy}` : ''}`,
        item.lastUsedAt ? `used ${age(Math.max(0, now - Date.parse(item.lastUsedAt)))} ago` : 'never used',
        item.revokedAt ? `revoked ${momentOf(Date.parse(item.revokedAt))}` : null,
        item.expiresAt && !item.revokedAt ? `${expired ? 'expired' : 'expires'} ${momentOf(Date.parse(item.expiresAt))}` : null,
        revoke.error ? `could not be revoked: ${revoke.error.message}` : null,
      ]}
      actions={
        !over && (
          <SureButton
            words="Revoke"
            question="Revoke for good?"
            track="key-revoke"
            busy={revoke.isPending}
            onSure={() => revoke.mutate(undefined)}
          />
        )
      }
    />
  );
}

interface NewKeyProps {
  project: string | null;
  name: string;
  onMade: (key: CreatedKeyDto) => void;
}

function NewKey({ project, name, onMade }: NewKeyProps) {
  const makeKey = (body: NewKeyDto): Promise<CreatedKeyDto> =>
    answered(
      project === null
        ? api.POST('/api/v1/keys', { body })
        : api.POST('/api/v1/projects/{project}/keys', { params: { path: { project } }, body }),
    );
  const add = useChange(keysQuery(project).queryKey, makeKey, onMade);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const { expires, ...body } = typedInto<NewKeyDto & { expires?: string }>(form);
    const expiresAt = expires ? new Date(`${expires}T23:59:59`).toISOString() : undefined;
    add.mutate({ ...body, expiresAt }, { onSuccess: () => form.reset() });
  };
  const scopes = Object.entries(SCOPES).filter(([scope]) => project !== null || scope === 'admin');
  return (
    <section aria-label="New key" className="card p-4">
      <h2 className="mb-3 text-[15px] font-semibold">New key for {name}</h2>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <Field label="Name" name="name" maxLength={100} required placeholder="Grafana" hint="To tell it apart from others." />
        <Choice label="Scope" name="scope" defaultValue={project === null ? 'admin' : 'ingest'}>
          {scopes.map(([scope, meaning]) => (
            <option key={scope} value={scope}>
              {scope}: {meaning}
            </option>
          ))}
        </Choice>
        <Field label="Last day" name="expires" type="date" hint="Left empty, it does not expire." />
        <FormError error={add.error} />
        <button type="submit" className="control control-main" data-track="key-make" aria-disabled={add.isPending}>
          Make key
        </button>
      </form>
    </section>
  );
}
