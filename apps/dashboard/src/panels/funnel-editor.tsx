import { ArrowDown, ArrowUp, ChevronRight, Plus, X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { FunnelStep } from '../routes/explore-search.js';
import { FilterList } from '../frame/filter-list.js';
import { filterWords, shortWords } from '../frame/filter-words.js';
import { canAdd, canRemove, moved, removed, replaced, stepName } from './funnel-steps.js';

interface FunnelEditorProps {
  steps: readonly FunnelStep[];
  onChange: (steps: FunnelStep[]) => void;
}

/** The steps of a funnel, in their order: each opens to its name and its filters. */
export function FunnelEditor({ steps, onChange }: FunnelEditorProps) {
  const [open, setOpen] = useState<number>();
  const move = (from: number, to: number) => {
    onChange(moved(steps, from, to));
    setOpen(open === from ? to : open === to ? from : open);
  };
  const remove = (at: number) => {
    onChange(removed(steps, at));
    setOpen(undefined);
  };
  const add = () => {
    onChange([...steps, {}]);
    setOpen(steps.length);
  };
  return (
    <div className="flex flex-col">
      <ol className="flex flex-col gap-2">
        {steps.map((step, index) => (
          <li key={index} data-testid="funnel-step" className="rounded-lg border border-line">
            <StepHead step={step} number={index + 1} open={open === index} onToggle={() => setOpen(open === index ? undefined : index)}>
              <IconButton
                label={`Move step ${index + 1} up`}
                disabled={index === 0}
                onClick={() => move(index, index - 1)}
                icon={<ArrowUp aria-hidden className="size-3.5" />}
              />
              <IconButton
                label={`Move step ${index + 1} down`}
                disabled={index === steps.length - 1}
                onClick={() => move(index, index + 1)}
                icon={<ArrowDown aria-hidden className="size-3.5" />}
              />
              <IconButton
                label={`Remove step ${index + 1}`}
                disabled={!canRemove(steps)}
                onClick={() => remove(index)}
                icon={<X aria-hidden className="size-3.5" />}
              />
            </StepHead>
            {open === index && (
              <div className="flex flex-col gap-2 border-t border-line p-3">
                <NameBox
                  key={step.name}
                  number={index + 1}
                  step={step}
                  onName={(name) => onChange(replaced(steps, index, { ...step, name }))}
                />
                <FilterList
                  label={`Filters of step ${index + 1}`}
                  filters={step.filters ?? []}
                  onChange={(filters) => onChange(replaced(steps, index, { ...step, filters: filters.length > 0 ? filters : undefined }))}
                />
              </div>
            )}
          </li>
        ))}
      </ol>
      {canAdd(steps) && (
        <button
          type="button"
          data-track="funnel-add"
          className="mt-2 flex h-9 items-center gap-1.5 self-start rounded-md px-2 text-accent hover:bg-raised"
          onClick={add}
        >
          <Plus aria-hidden className="size-4" /> Step
        </button>
      )}
    </div>
  );
}

interface StepHeadProps {
  step: FunnelStep;
  number: number;
  open: boolean;
  onToggle: () => void;
  children: ReactNode;
}

function StepHead({ step, number, open, onToggle, children }: StepHeadProps) {
  const { filters = [] } = step;
  const words = filters.map(filterWords).join(', ');
  return (
    <div className="flex items-center pr-1">
      <button
        type="button"
        aria-expanded={open}
        data-track="funnel-step"
        className="flex min-h-12 min-w-0 grow items-center gap-2.5 rounded-lg px-3 py-1.5 text-left hover:bg-raised"
        onClick={onToggle}
      >
        <span className="grid size-5 shrink-0 place-items-center rounded-full bg-raised text-xs font-medium">{number}</span>
        <span className="min-w-0 grow leading-tight">
          <span data-testid="step-name" className="block truncate font-medium">
            {stepName(step)}
          </span>
          <span className="line-clamp-2 text-xs break-words text-muted" title={words}>
            {filters.length === 0 ? 'no filter yet' : shortWords(filters)}
          </span>
        </span>
        <ChevronRight aria-hidden className={`size-4 shrink-0 text-muted ${open ? 'rotate-90' : ''}`} />
      </button>
      {children}
    </div>
  );
}

/** Takes the name when it is left, so that the funnel is not asked for with every letter. */
function NameBox({ number, step, onName }: { number: number; step: FunnelStep; onName: (name: string | undefined) => void }) {
  const [name, setName] = useState(step.name ?? '');
  const take = () => {
    const taken = name.trim() === '' ? undefined : name.trim();
    if (taken !== step.name) onName(taken);
  };
  return (
    <input
      aria-label={`Name of step ${number}`}
      className="field"
      maxLength={100}
      placeholder={stepName({ filters: step.filters })}
      value={name}
      onChange={({ target }) => setName(target.value)}
      onBlur={take}
      onKeyDown={({ key }) => key === 'Enter' && take()}
    />
  );
}

function IconButton({ label, icon, disabled, onClick }: { label: string; icon: ReactNode; disabled: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      disabled={disabled}
      className="grid size-7 shrink-0 place-items-center rounded-md text-muted hover:bg-raised hover:text-ink disabled:invisible"
      onClick={onClick}
    >
      {icon}
    </button>
  );
}
