import type { Filter, FilterCondition } from '@analytics/dto/language';
import { ListFilterPlus } from 'lucide-react';
import { lazy } from 'react';
import { useView } from '../routes/view.js';
import { DropDown } from '../ui/drop-down.js';
import { draftOf } from './filter-condition.js';

const FilterBuilder = lazy(() => import('./filter-builder.js'));

/** Which filter is being made: none, a new one, or the one with this index is being changed. */
export type FilterEditing = 'none' | 'new' | number;

interface FilterPickerProps {
  editing: FilterEditing;
  onEditing: (editing: FilterEditing) => void;
}

/** Which events the page shows: the control that adds a filter, or changes one. */
export function FilterPicker({ editing, onEditing }: FilterPickerProps) {
  const { filters, addFilter, change } = useView();
  const edited: Filter | undefined = typeof editing === 'number' ? filters[editing] : undefined;
  const draft = edited && 'field' in edited ? draftOf(edited) : undefined;
  const done = (condition: FilterCondition) => {
    if (edited) change({ filters: filters.map((each) => (each === edited ? condition : each)) });
    else addFilter(condition);
    onEditing('none');
  };
  return (
    <DropDown
      label="Add a filter"
      title="Filter (/)"
      track="filter-add"
      open={editing !== 'none'}
      onOpen={(open) => onEditing(open ? 'new' : 'none')}
      shown={
        <>
          <ListFilterPlus aria-hidden className="size-4 text-muted" />
          <span className="max-md:sr-only">Filter</span>
        </>
      }
    >
      <FilterBuilder key={String(editing)} draft={draft} onDone={done} />
    </DropDown>
  );
}
