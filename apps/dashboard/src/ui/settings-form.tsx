import type { FormEvent, ReactNode } from 'react';
import { typedInto } from '../api/access.js';
import { FormError } from './field.js';

interface SettingsFormProps<Typed> {
  title: string;
  /** Said below the title. */
  note?: ReactNode;
  /** Of the button. */
  words: string;
  /** Names the button for the click tracker. */
  track: string;
  change: { error: Error | null; isPending: boolean; mutate: (typed: Typed, options: { onSuccess: () => void }) => void };
  /** Said when it is done. */
  done?: ReactNode;
  /** Fields that are named as those of `Typed`. */
  children: ReactNode;
}

/** A card of the settings with which something is made or changed; it is empty again once that is done. */
export function SettingsForm<Typed>({ title, note, words, track, change, done, children }: SettingsFormProps<Typed>) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!change.isPending) change.mutate(typedInto<Typed>(form), { onSuccess: () => form.reset() });
  };
  return (
    <section aria-label={title} className="card p-4">
      <header className="mb-3">
        <h2 className="flex min-h-8 items-center text-[15px] font-semibold">{title}</h2>
        {note && <p className="text-[13px] text-muted">{note}</p>}
      </header>
      <form onSubmit={submit} className="flex flex-col gap-3">
        {children}
        <FormError error={change.error} />
        {done}
        <button type="submit" className="control control-main" data-track={track} aria-disabled={change.isPending}>
          {words}
        </button>
      </form>
    </section>
  );
}
