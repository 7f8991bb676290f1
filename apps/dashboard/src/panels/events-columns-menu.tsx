import { fieldKind } from '@analytics/dto/language';
import { Popover } from '@base-ui/react/popover';
import { Columns3 } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { columnLabel, OFFERED_COLUMNS } from './event-columns.js';

interface ColumnsMenuProps {
  columns: readonly string[];
  onChange: (columns: readonly string[]) => void;
}

/** Which columns the list has; a property of the events by its key. */
export function ColumnsMenu({ columns, onChange }: ColumnsMenuProps) {
  const all = [...OFFERED_COLUMNS, ...columns.filter((column) => !OFFERED_COLUMNS.includes(column))];
  const toggle = (column: string) => onChange(columns.includes(column) ? columns.filter((each) => each !== column) : [...columns, column]);
  return (
    <Popover.Root>
      <Popover.Trigger className="control text-[13px] max-sm:hidden" data-track="columns">
        <Columns3 aria-hidden className="size-4" /> Columns
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={4} align="end" className="z-40">
          <Popover.Popup aria-label="Columns" className="popup w-72 p-3">
            <div className="grid grid-cols-2 gap-x-3">
              {all.map((column) => (
                <label key={column} className="flex h-8 min-w-0 cursor-pointer items-center gap-2 text-[13px]">
                  <input type="checkbox" className="accent-accent" checked={columns.includes(column)} onChange={() => toggle(column)} />
                  <span className="truncate" title={column}>
                    {columnLabel(column)}
                  </span>
                </label>
              ))}
            </div>
            <OwnProperty onAdd={(column) => !columns.includes(column) && onChange([...columns, column])} />
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function OwnProperty({ onAdd }: { onAdd: (column: string) => void }) {
  const [key, setKey] = useState('');
  const column = `properties.${key.trim().replace(/^properties\./, '')}`;
  const fits = fieldKind(column) !== undefined && !column.includes(',');
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (!fits) return;
    onAdd(column);
    setKey('');
  };
  return (
    <form onSubmit={add} className="mt-2 flex gap-2 border-t border-line pt-3">
      <input
        aria-label="Key of a property"
        placeholder="Key of a property"
        className="field h-8 text-[13px]"
        value={key}
        onChange={({ target }) => setKey(target.value)}
      />
      <button type="submit" className="control h-8 text-[13px]" disabled={!fits}>
        Add
      </button>
    </form>
  );
}
