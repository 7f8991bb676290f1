import { fieldKind } from '@analytics/dto/language';
import { Columns3 } from 'lucide-react';
import { useState, type FormEvent } from 'react';
import { DropDown } from '../ui/drop-down.js';
import { columnLabel, OFFERED_COLUMNS } from './event-columns.js';

interface ColumnsMenuProps {
  columns: readonly string[];
  onChange: (columns: readonly string[]) => void;
}

/** Which columns the list has; a property of the events by its key. */
export function ColumnsMenu({ columns, onChange }: ColumnsMenuProps) {
  const all = [...OFFERED_COLUMNS, ...columns.filter((column) => !OFFERED_COLUMNS.includes(column))];
  const toggle = (column: string) => onChange(columns.includes(column) ? columns.filter((each) => each !== column) : [...columns, column]);
  const [open, setOpen] = useState(false);
  return (
    <DropDown
      label="Columns"
      track="columns"
      className="text-[13px] max-sm:hidden"
      open={open}
      onOpen={setOpen}
      shown={
        <>
          <Columns3 aria-hidden className="size-4" /> Columns
        </>
      }
    >
      <div className="w-72 p-3">
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
      </div>
    </DropDown>
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
