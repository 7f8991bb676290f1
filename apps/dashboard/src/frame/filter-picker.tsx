import type { Filter, FilterCondition } from '@analytics/dto/language';
import { ListFilterPlus } from 'lucide-react';
import { DropDown } from '../ui/drop-down.js';
import { loadedAhead } from '../ui/loaded-ahead.js';
import { draftOf } from './filter-condition.js';

const FilterBuilder = loadedAhead(() => import('./filter-builder.js'));

/** Which filter is being made: none, a new one, or the one with this index is being changed. */
export type FilterEditing = 'none' | 'new' | number;

interface FilterPickerProps {
  label: string;
  title?: string;
  /** On a phone it is only its sign. Default false. */
  small?: boolean;
  /** All must be fulfilled; one that is there already stays once. */
  filters: readonly Filter[];
  onChange: (filters: Filter[]) => void;
  editing: FilterEditing;
  onEditing: (editing: FilterEditing) => void;
}

/** Which events are meant: the control that adds a filter, or changes one. */
export function FilterPicker({ label, title, small = false, filters, onChange, editing, onEditing }: FilterPickerProps) {
  const edited: Filter | undefined = typeof editing === 'number' ? filters[editing] : undefined;
  const draft = edited && 'field' in edited ? draftOf(edited) : undefined;
  const done = (condition: FilterCondition) => {
    const others = filters.filter((each) => each === edited || JSON.stringify(each) !== JSON.stringify(condition));
    onChange(edited ? others.map((each) => (each === edited ? condition : each)) : [...others, condition]);
    onEditing('none');
  };
  return (
    <DropDown
      label={label}
      title={title}
      track="filter-add"
      open={editing !== 'none'}
      onOpen={(open) => onEditing(open ? 'new' : 'none')}
      shown={
        <>
          <ListFilterPlus aria-hidden className="size-4 text-muted" />
          <span className={small ? 'max-md:sr-only' : ''}>Filter</span>
        </>
      }
    >
      <FilterBuilder key={String(editing)} draft={draft} onDone={done} />
    </DropDown>
  );
}
