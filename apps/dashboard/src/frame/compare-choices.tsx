import { COMPARISONS } from '@analytics/dto/language';
import { useState, type FormEvent } from 'react';
import { useView, type ViewSearch } from '../routes/view.js';
import { Field, FormError } from '../ui/field.js';
import { COMPARISON_LABELS } from './periods.js';
import { instantOf, localText } from './zone-fields.js';

type Comparison = Pick<ViewSearch, 'compare' | 'compareFrom'>;

/** What the range is compared with: nothing, an earlier time by the calendar, or one of equal length that begins where it is told. */
export default function CompareChoices({ onDone }: { onDone: () => void }) {
  const { search, change } = useView();
  const choose = (part: Comparison) => {
    change({ compare: undefined, compareFrom: undefined, ...part });
    onDone();
  };
  const option = (label: string, chosen: boolean, part: Comparison) => (
    <li key={label}>
      <button
        type="button"
        aria-pressed={chosen}
        data-track={`compare-${part.compare ?? 'none'}`}
        className={`menu-item w-full hover:bg-raised focus-visible:outline-2! ${chosen ? 'bg-accent-soft font-medium' : ''}`}
        onClick={() => choose(part)}
      >
        {label}
      </button>
    </li>
  );
  return (
    <div className="w-60">
      <ul aria-label="Comparisons" className="border-b border-line p-1.5">
        {option('Nothing', search.compare === undefined && search.compareFrom === undefined, {})}
        {COMPARISONS.map((compare) => option(COMPARISON_LABELS[compare], search.compare === compare, { compare }))}
      </ul>
      <OwnStart choose={choose} />
    </div>
  );
}

function OwnStart({ choose }: { choose: (part: Comparison) => void }) {
  const { search, timeZone } = useView();
  const [wrong, setWrong] = useState<Error | null>(null);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const compareFrom = instantOf(String(new FormData(event.currentTarget).get('from')), timeZone);
    if (compareFrom === undefined) setWrong(new Error('Fill in when the other range begins.'));
    else choose({ compareFrom });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3 p-3" noValidate>
      <Field label="Same length, from" name="from" type="datetime-local" defaultValue={localText(search.compareFrom, timeZone)} />
      <FormError error={wrong} />
      <button type="submit" className="control" data-track="compare-custom">
        Compare with this
      </button>
    </form>
  );
}
