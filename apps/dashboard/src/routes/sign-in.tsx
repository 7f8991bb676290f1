import type { SignInDto } from '@analytics/dto';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect, type FormEvent } from 'react';
import { typedInto } from '../api/access.js';
import { answered, api } from '../api/gateway-client.js';
import { beginSession, forgetAnswers, useSession } from '../api/session.js';
import { Field, FormError } from '../ui/field.js';
import { Logo } from '../ui/logo.js';
import { ThemeButton } from '../ui/theme-button.js';

const route = getRouteApi('/sign-in');
const LOCAL = new Set(['localhost', '127.0.0.1', '[::1]']);

export function SignInPage() {
  const { back = '/' } = route.useSearch();
  const { history } = useRouter();
  const session = useSession();
  const client = useQueryClient();
  useEffect(() => {
    document.title = 'Sign in · Analytics';
    forgetAnswers(client);
  }, [client]);
  // Here with a session: just signed in, or by an old link.
  useEffect(() => {
    if (session) history.replace(back);
  }, [session, history, back]);
  return (
    <div className="flex min-h-dvh flex-col items-center justify-center gap-5 px-4 py-10">
      <div className="fixed top-2 right-3">
        <ThemeButton />
      </div>
      <main className="card w-full max-w-sm p-6 sm:p-8">
        <div className="mb-6 flex items-center gap-3">
          <Logo />
          <h1 className="text-lg font-semibold tracking-tight">Sign in to Analytics</h1>
        </div>
        <SignInForm />
      </main>
      {LOCAL.has(window.location.hostname) && <FirstTime />}
    </div>
  );
}

function SignInForm() {
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (body: SignInDto) => answered(api.POST('/api/v1/session', { body })),
    onSuccess: (session) => beginSession(client, session),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!isPending) mutate(typedInto<SignInDto>(event.currentTarget));
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="E-mail" name="email" type="email" autoComplete="username" required autoFocus />
      <Field label="Password" name="password" type="password" autoComplete="current-password" required />
      <FormError error={error} />
      <button type="submit" className="control control-main" aria-disabled={isPending} data-track="sign-in">
        {isPending ? 'Signing in …' : 'Sign in'}
      </button>
    </form>
  );
}

/** Only where the reader can look into the terminal. */
function FirstTime() {
  return (
    <p className="max-w-sm text-center text-[13px] text-muted">
      First time on this machine? <code className="font-mono text-ink">npm start</code> printed an e-mail address and a password when it made
      the first administrator. They are kept in <code className="font-mono text-ink">.data/credentials.json</code>.
    </p>
  );
}
