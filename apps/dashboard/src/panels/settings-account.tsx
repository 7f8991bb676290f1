import type { ChangePasswordDto } from '@analytics/dto';
import { useMutation } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { typedInto } from '../api/access.js';
import { answered, api } from '../api/gateway-client.js';
import { useSession } from '../api/session.js';
import { Field, FormError } from '../ui/field.js';

/** What everybody may change about himself. */
export function SettingsAccount() {
  const session = useSession();
  const change = useMutation({ mutationFn: (body: ChangePasswordDto) => answered(api.POST('/api/v1/session/password', { body })) });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    change.mutate(typedInto<ChangePasswordDto>(form), { onSuccess: () => form.reset() });
  };
  return (
    <section aria-label="Change password" className="card max-w-md p-4">
      <h2 className="text-[15px] font-semibold">Change password</h2>
      <p className="mb-3 text-[13px] text-muted">
        {session?.name}, {session?.email}, {session?.role}
      </p>
      <form onSubmit={submit} className="flex flex-col gap-3">
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
        <FormError error={change.error} />
        {change.isSuccess && (
          <p role="status" className="text-[13px] text-good">
            Your password is changed.
          </p>
        )}
        <button type="submit" className="control control-main" data-track="password-change" aria-disabled={change.isPending}>
          Change password
        </button>
      </form>
    </section>
  );
}
