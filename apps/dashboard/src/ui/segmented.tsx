import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';

interface SegmentedProps<T extends string> {
  /** Names the group for screen readers, and its parts for the click tracker. */
  label: string;
  options: readonly { value: T; label: string; title?: string }[];
  value: T;
  onChange: (value: T) => void;
  className?: string;
}

/** A few choices side by side, one of them taken; arrow keys move between them. */
export function Segmented<T extends string>({ label, options, value, onChange, className = '' }: SegmentedProps<T>) {
  const slug = label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return (
    <ToggleGroup
      aria-label={label}
      value={[value]}
      onValueChange={([chosen]: T[]) => chosen !== undefined && onChange(chosen)}
      className={`flex rounded-[9px] bg-raised p-0.5 ${className}`}
    >
      {options.map((option) => (
        <Toggle
          key={option.value}
          value={option.value}
          title={option.title}
          data-track={`${slug}-${option.value}`}
          className={`h-7 grow rounded-[7px] px-2.5 text-[13px] whitespace-nowrap ${
            option.value === value ? 'bg-chosen font-medium shadow-[0_1px_2px_rgb(16_24_40/14%)]' : 'text-muted hover:text-ink'
          }`}
        >
          {option.label}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
