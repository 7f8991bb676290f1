import { useState, type FormEvent } from 'react';
import { BROWSER_ZONE, DEFAULT_PERIOD, useView, type ViewSearch } from '../routes/view.js';
import { Choice, Field, FormError } from '../ui/field.js';
import { PRESETS } from './periods.js';
import { instantOf, localText } from './zone-fields.js';

interface RangeChoicesProps {
  onDone: () => void;
  /** The fields of a range of one's own have the focus. */
  custom: boolean;
}

/** The presets, a range of one's own on the clocks of the zone, and the zone. */
export default function RangeChoices({ onDone, custom }: RangeChoicesProps) {
  const { search, change } = useView();
  const choose = (part: Partial<ViewSearch>) => {
    change({ period: undefined, from: undefined, to: undefined, granularity: undefined, ...part });
    onDone();
  };
  const shown = search.from === undefined ? (search.period ?? DEFAULT_PERIOD) : undefined;
  return (
    <div className="flex max-sm:flex-col">
      <ul aria-label="Ranges" className="border-line p-1.5 max-sm:grid max-sm:grid-cols-2 max-sm:border-b sm:border-r">
        {PRESETS.map(({ period, label, ...more }) => (
          <li key={period}>
            <button
              type="button"
              data-track={`range-${period}`}
              aria-pressed={shown === period}
              className={`menu-item w-full hover:bg-raised focus-visible:outline-2! max-sm:min-w-0! ${shown === period ? CHOSEN : ''}`}
              onClick={() => choose({ period: period === DEFAULT_PERIOD ? undefined : period })}
            >
              {label}
              <span className="ml-auto flex items-center gap-2 text-xs text-muted">
                {'note' in more && more.note}
                {'key' in more && <kbd className="rounded border border-line px-1.5 font-sans max-sm:hidden">{more.key}</kbd>}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <OwnRange focused={custom} choose={choose} />
    </div>
  );
}

const CHOSEN = 'bg-accent-soft font-medium';
const ZONES = [...new Set([BROWSER_ZONE, 'UTC', ...Intl.supportedValuesOf('timeZone')])];

function OwnRange({ focused, choose }: { focused: boolean; choose: (part: Partial<ViewSearch>) => void }) {
  const { search, timeZone, change } = useView();
  const [wrong, setWrong] = useState<Error | null>(null);
  const moment = (name: 'from' | 'to') => ({ type: 'datetime-local', name, defaultValue: localText(search[name], timeZone) });
  const chooseZone = (zone: string) => change({ zone: zone === BROWSER_ZONE ? undefined : zone });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const from = instantOf(String(form.get('from')), timeZone);
    const to = instantOf(String(form.get('to')), timeZone);
    if (from === undefined) setWrong(new Error('Fill in when the range begins.'));
    else if (from >= (to ?? new Date().toISOString())) setWrong(new Error('The range must begin before it ends.'));
    else choose({ from, to });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-3 p-4 sm:w-64" noValidate>
      <h2 className="font-medium">A range of your own</h2>
      <Field key={`from ${timeZone}`} label="From" {...moment('from')} autoFocus={focused} />
      <Field key={`to ${timeZone}`} label="To" {...moment('to')} hint="Empty: until now" />
      <Choice label="Time zone" value={timeZone} onChange={({ target }) => chooseZone(target.value)}>
        {ZONES.map((zone) => (
          <option key={zone} value={zone}>
            {zone.replaceAll('_', ' ')}
          </option>
        ))}
      </Choice>
      <FormError error={wrong} />
      <button type="submit" className="control control-main" data-track="range-custom">
        Show this range
      </button>
    </form>
  );
}
