import { Menu } from '@base-ui/react/menu';
import { Check } from 'lucide-react';

export interface ChoiceItemsProps {
  /** Names the entries for the click tracker. */
  track: string;
  value: string;
  options: readonly { value: string; label: string; note?: string }[];
  onChange: (value: string) => void;
}

/** Entries of a menu, one of which is taken. */
export default function ChoiceItems({ track, value, options, onChange }: ChoiceItemsProps) {
  return (
    <Menu.RadioGroup value={value} onValueChange={(next: string) => onChange(next)}>
      {options.map((option) => (
        <Menu.RadioItem key={option.value} value={option.value} closeOnClick className="menu-item" data-track={`${track}-${option.value}`}>
          <Check aria-hidden className={`size-3.5 shrink-0 text-accent ${option.value === value ? '' : 'invisible'}`} />
          <span className="min-w-0 grow truncate">{option.label}</span>
          {option.note && <span className="ml-4 shrink-0 text-xs text-muted">{option.note}</span>}
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  );
}
