import type { Filter } from '@analytics/dto/language';
import { useState } from 'react';
import { FilterChips } from './filter-chips.js';
import { FilterPicker, type FilterEditing } from './filter-picker.js';

interface FilterListProps {
  /** Names the group, such as `Filters of step 2`. */
  label: string;
  /** All must be fulfilled. */
  filters: readonly Filter[];
  onChange: (filters: Filter[]) => void;
}

/** The filters of a part of a page, such as a step of a funnel. Only whole ones are told. */
export function FilterList({ label, filters, onChange }: FilterListProps) {
  const [editing, setEditing] = useState<FilterEditing>('none');
  return (
    <div role="group" aria-label={label} className="flex min-w-0 flex-wrap items-center gap-1.5">
      <FilterChips label={label} filters={filters} onChange={onChange} onEdit={setEditing} />
      <FilterPicker label={`Filter: add to ${label.toLowerCase()}`} filters={filters} onChange={onChange} editing={editing} onEditing={setEditing} />
    </div>
  );
}
