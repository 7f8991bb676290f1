import { Combobox } from '@base-ui/react/combobox';
import type { FieldName } from '@analytics/dto/language';
import { Check, Search } from 'lucide-react';
import { useState } from 'react';
import { isVisitor } from '../api/shared-link.js';
import { useView } from '../routes/view.js';
import { shortCount } from '../ui/format.js';
import { useFieldValues } from './field-values.js';
import { valueLabel } from './filter-words.js';

const INPUT = 'h-9 min-w-0 grow bg-transparent outline-none';

const countWords = (events: number | undefined, typed: boolean): string =>
  events !== undefined ? shortCount(events) : typed ? 'typed' : '';

interface FilterValuesProps {
  field: FieldName;
  chosen: readonly string[];
  onChosen: (values: string[]) => void;
}

/** Says why there is nothing to choose from. */
function emptyWords({ error, isLoading }: Pick<ReturnType<typeof useFieldValues>, 'error' | 'isLoading'>): string {
  if (isVisitor()) return 'Type a value, and press Enter.';
  if (error) return `The values could not be loaded. ${error.message}`;
  return isLoading ? 'Loading …' : 'No event of this range has a value here.';
}

/** Values to choose from; what is typed can be taken even if no event has it yet. */
export function FilterValues({ field, chosen, onChosen }: FilterValuesProps) {
  const [typed, setTyped] = useState('');
  const search = typed.trim();
  const { params } = useView();
  // The other filters may leave nothing of what is looked for.
  const { counts, ...state } = useFieldValues(field, typed, { ...params, filters: undefined });
  // What is taken stays in sight. While something is searched, Enter takes the first that fits, so what fits comes first.
  const items = [...new Set(search ? [...counts.keys(), search, ...chosen] : [...chosen, ...counts.keys()])];
  return (
    <Combobox.Root
      inline
      open
      multiple
      items={items}
      filter={null}
      value={chosen}
      onValueChange={onChosen}
      inputValue={typed}
      onInputValueChange={(value, { reason }) => reason === 'item-press' || setTyped(value)}
      autoHighlight
    >
      <div className="overflow-hidden rounded-lg border border-line">
        <div className="flex items-center gap-2 border-b border-line px-2.5">
          <Search aria-hidden className="size-4 shrink-0 text-muted" />
          <Combobox.Input aria-label="Values" placeholder="Search, or type a value" autoFocus className={INPUT} />
        </div>
        <div className="h-56 overflow-y-auto">
          {items.length === 0 && (
            <p role="status" className="px-4 py-9 text-center text-[13px] text-muted">
              {emptyWords(state)}
            </p>
          )}
          <Combobox.List aria-label="Values" className="p-1">
            {items.map((value) => (
              <Combobox.Item key={value} value={value} className="menu-item">
                <Check aria-hidden className={`size-3.5 shrink-0 text-accent ${chosen.includes(value) ? '' : 'invisible'}`} />
                <span className="min-w-0 grow truncate" title={value}>
                  {valueLabel(field, value)}
                </span>
                <span className="shrink-0 text-xs text-muted">{countWords(counts.get(value), value === search)}</span>
              </Combobox.Item>
            ))}
          </Combobox.List>
        </div>
      </div>
    </Combobox.Root>
  );
}
