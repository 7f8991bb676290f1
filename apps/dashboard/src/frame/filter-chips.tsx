import type { Filter } from '@analytics/dto/language';
import { X } from 'lucide-react';
import { filterWords } from './filter-words.js';

interface FilterChipsProps {
  /** Names the list for screen readers. */
  label: string;
  filters: readonly Filter[];
  onChange: (filters: Filter[]) => void;
  /** The filter with this index is to be changed. */
  onEdit: (index: number) => void;
}

/** Filters, each of which can be changed and taken away. */
export function FilterChips({ label, filters, onChange, onEdit }: FilterChipsProps) {
  if (filters.length === 0) return null;
  return (
    <ul aria-label={label} className="flex min-w-0 flex-wrap items-center gap-1.5">
      {filters.map((filter, index) => (
        <li
          key={JSON.stringify(filter)}
          data-testid="filter-chip"
          className="flex h-7 max-w-full min-w-0 items-center rounded-full bg-accent-soft text-[13px]"
        >
          <FilterName filter={filter} onEdit={() => onEdit(index)} />
          <button
            type="button"
            aria-label={`Remove filter: ${filterWords(filter)}`}
            data-track="filter-remove"
            className="mr-0.5 flex size-6 shrink-0 items-center justify-center rounded-full text-muted hover:bg-card hover:text-ink"
            onClick={() => onChange(filters.filter((_, each) => each !== index))}
          >
            <X aria-hidden className="size-3.5" />
          </button>
        </li>
      ))}
      {filters.length > 1 && (
        <li>
          <button
            type="button"
            data-track="filter-clear"
            className="h-7 rounded-full px-2 text-[13px] text-muted hover:bg-raised hover:text-ink"
            onClick={() => onChange([])}
          >
            Clear all
          </button>
        </li>
      )}
    </ul>
  );
}

/** A nested filter can be read and removed; only single conditions can be changed. */
function FilterName({ filter, onEdit }: { filter: Filter; onEdit: () => void }) {
  const words = filterWords(filter);
  const look = 'min-w-0 truncate pr-1 pl-3';
  if (!('field' in filter)) {
    return (
      <span className={look} title={words}>
        {words}
      </span>
    );
  }
  return (
    <button type="button" data-track="filter-edit" title={`${words}. Change`} className={`${look} h-7 rounded-full`} onClick={onEdit}>
      {words}
    </button>
  );
}
