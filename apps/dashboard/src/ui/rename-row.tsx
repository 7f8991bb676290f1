import type { FormEvent } from 'react';
import { typedInto } from '../api/access.js';
import { Field, FormError } from './field.js';

interface RenameRowProps {
  /** What is renamed, as its row calls it. */
  what: string;
  name: string;
  /** Names the buttons for the click tracker. */
  track: string;
  change: { error: Error | null; isPending: boolean; mutate: (typed: { name: string }) => void };
  onCancel: () => void;
}

/** A row of the settings while its name is changed. */
export function RenameRow({ what, name, track, change, onCancel }: RenameRowProps) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!change.isPending) change.mutate(typedInto<{ name: string }>(event.currentTarget));
  };
  return (
    <li className="border-b border-line px-4 py-3 last:border-b-0">
      <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
        <div className="grow basis-56">
          <Field label={`New name of ${what}`} name="name" defaultValue={name} maxLength={100} required autoFocus />
        </div>
        <button type="submit" className="control control-main" data-track={`${track}-save`} aria-disabled={change.isPending}>
          Save
        </button>
        <button type="button" className="control" data-track={`${track}-cancel`} onClick={onCancel}>
          Cancel
        </button>
        <FormError error={change.error} />
      </form>
    </li>
  );
}
