import type { ChangePersonDto, NewPersonDto, PersonDto, PersonWithPasswordDto } from '@analytics/dto';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { peopleQuery, useChange } from '../api/access.js';
import { answered, api } from '../api/gateway-client.js';
import { useSession } from '../api/session.js';
import { Choice, Field } from '../ui/field.js';
import { momentOf } from '../ui/format.js';
import { Panel, RowsSkeleton } from '../ui/panel.js';
import { SettingsForm } from '../ui/settings-form.js';
import { SettingsList, SettingsRow, Tag } from '../ui/settings-list.js';
import { SureButton } from '../ui/sure-button.js';
import { ToldOnce } from '../ui/told-once.js';

/** Who may sign in, as what. */
export function SettingsPeople() {
  const query = useQuery(peopleQuery);
  const [told, setTold] = useState<PersonWithPasswordDto | null>(null);
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-3">
      <Panel
        title="People"
        note="everybody sees all projects"
        className="lg:col-span-2"
        query={query}
        skeleton={<RowsSkeleton rows={3} height={48} />}
      >
        {(people) => (
          <>
            {told?.password && (
              <ToldOnce
                title={`Password of ${told.email}`}
                name="password"
                secret={told.password}
                words="It can be changed after signing in, under Account."
                onClose={() => setTold(null)}
              />
            )}
            <SettingsList>
              {people.map((person) => (
                <PersonRow key={person.id} person={person} onTold={setTold} />
              ))}
            </SettingsList>
          </>
        )}
      </Panel>
      <NewPerson onMade={setTold} />
    </div>
  );
}

function PersonRow({ person, onTold }: { person: PersonDto; onTold: (person: PersonWithPasswordDto) => void }) {
  const self = useSession()?.email === person.email;
  const change = useChange(
    peopleQuery.queryKey,
    (body: ChangePersonDto) => answered(api.PATCH('/api/v1/people/{id}', { params: { path: { id: person.id } }, body })),
    (changed) => changed.password !== null && onTold(changed),
  );
  const disabled = person.disabledAt !== null;
  return (
    <SettingsRow
      over={disabled}
      title={
        <>
          <span className="font-medium">{person.name}</span>
          <Tag>{person.role}</Tag>
          {self && <Tag>you</Tag>}
        </>
      }
      facts={[
        person.email,
        person.lastSignInAt ? `signed in ${momentOf(Date.parse(person.lastSignInAt))}` : 'has not signed in yet',
        disabled ? 'disabled' : null,
        change.error ? change.error.message : null,
      ]}
      // One's own password is changed under Account, and nobody should lock himself out by a slip.
      actions={!self && <PersonActions person={person} busy={change.isPending} onChange={(body) => change.mutate(body)} />}
    />
  );
}

interface PersonActionsProps {
  person: PersonDto;
  busy: boolean;
  onChange: (body: ChangePersonDto) => void;
}

function PersonActions({ person: { role, disabledAt }, busy, onChange }: PersonActionsProps) {
  const other = role === 'admin' ? 'viewer' : 'admin';
  if (disabledAt !== null) {
    return (
      <button
        type="button"
        className="control h-8 text-[13px]"
        data-track="person-enable"
        aria-disabled={busy}
        onClick={() => onChange({ disabled: false })}
      >
        Enable
      </button>
    );
  }
  return (
    <>
      <SureButton
        words={`Make ${other}`}
        question={`Make ${other}?`}
        track="person-role"
        busy={busy}
        onSure={() => onChange({ role: other })}
      />
      <SureButton
        words="Reset password"
        question="Reset, and sign out?"
        track="person-reset"
        busy={busy}
        onSure={() => onChange({ resetPassword: true })}
      />
      <SureButton
        words="Disable"
        question="Disable, and sign out?"
        track="person-disable"
        busy={busy}
        onSure={() => onChange({ disabled: true })}
      />
    </>
  );
}

function NewPerson({ onMade }: { onMade: (person: PersonWithPasswordDto) => void }) {
  const add = useChange(peopleQuery.queryKey, (body: NewPersonDto) => answered(api.POST('/api/v1/people', { body })), onMade);
  return (
    <SettingsForm title="Let somebody sign in" words="Add person" track="person-make" change={add}>
      <Field label="Name" name="name" maxLength={100} required autoComplete="off" />
      <Field label="E-mail" name="email" type="email" required autoComplete="off" hint="To sign in with; nothing is sent there." />
      <Choice label="Role" name="role" defaultValue="viewer">
        <option value="viewer">viewer: sees everything</option>
        <option value="admin">admin: changes things too</option>
      </Choice>
    </SettingsForm>
  );
}
