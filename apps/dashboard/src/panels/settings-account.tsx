import type { ChangePasswordDto, OpenSessionDto } from '@analytics/dto';
import { useMutation, useQuery } from '@tanstack/react-query';
import Bowser from 'bowser';
import { useState } from 'react';
import { sessionsQuery, useChange } from '../api/access.js';
import { answered, api } from '../api/gateway-client.js';
import { useSession } from '../api/session.js';
import { Field } from '../ui/field.js';
import { age, momentOf } from '../ui/format.js';
import { Panel, RowsSkeleton } from '../ui/panel.js';
import { SettingsForm } from '../ui/settings-form.js';
import { SettingsList, SettingsRow, Tag } from '../ui/settings-list.js';
import { SureButton } from '../ui/sure-button.js';

/** What everybody may change about himself. */
export function SettingsAccount() {
  const query = useQuery(sessionsQuery);
  return (
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-3">
      <Panel title="Where you are signed in" className="lg:col-span-2" query={query} skeleton={<RowsSkeleton rows={2} height={48} />}>
        {(sessions) => (
          <SettingsList>
            {sessions.map((session) => (
              <SessionRow key={session.id} session={session} />
            ))}
          </SettingsList>
        )}
      </Panel>
      <ChangePassword />
    </div>
  );
}

function SessionRow({ session: { id, userAgent, createdAt, lastSeenAt, current } }: { session: OpenSessionDto }) {
  const end = useChange(sessionsQuery.queryKey, () => answered(api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } })));
  const [now] = useState(Date.now);
  return (
    <SettingsRow
      title={
        <>
          <span className="min-w-0 break-words" title={userAgent}>
            {programWords(userAgent)}
          </span>
          {current && <Tag>here</Tag>}
        </>
      }
      facts={[
        `since ${momentOf(Date.parse(createdAt))}`,
        current ? null : `used ${age(Math.max(0, now - Date.parse(lastSeenAt)))} ago`,
        end.error ? `could not be ended: ${end.error.message}` : null,
      ]}
      // The one here is ended by signing out.
      actions={
        !current && (
          <SureButton
            words="Sign out"
            question="Sign out there?"
            track="session-end"
            busy={end.isPending}
            onSure={() => end.mutate(undefined)}
          />
        )
      }
    />
  );
}

/** What signed in, as its person knows it; what is no browser as it names itself. */
function programWords(userAgent: string): string {
  if (userAgent === '') return 'A program that does not name itself';
  const { browser, os } = Bowser.parse(userAgent);
  return browser.name && os.name ? `${browser.name} on ${os.name}` : userAgent;
}

function ChangePassword() {
  const session = useSession();
  const change = useMutation({ mutationFn: (body: ChangePasswordDto) => answered(api.POST('/api/v1/session/password', { body })) });
  const done = (
    <p role="status" className="text-[13px] text-good">
      Your password is changed.
    </p>
  );
  return (
    <SettingsForm
      title="Change password"
      note={`${session?.name}, ${session?.email}, ${session?.role}`}
      words="Change password"
      track="password-change"
      change={change}
      done={change.isSuccess && done}
    >
      <input type="hidden" autoComplete="username" value={session?.email ?? ''} readOnly />
      <Field label="Current password" name="currentPassword" type="password" autoComplete="current-password" required />
      <Field
        label="New password"
        name="newPassword"
        type="password"
        autoComplete="new-password"
        minLength={12}
        maxLength={128}
        required
        hint="At least 12 characters. Everywhere else you are signed out."
      />
    </SettingsForm>
  );
}
