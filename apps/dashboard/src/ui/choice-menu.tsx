import { type ReactNode } from 'react';
import { MenuControl } from './drop-down.js';
import { loadedAhead } from './loaded-ahead.js';

const ChoiceItems = loadedAhead(() => import('./choice-items.js'));

interface ChoiceMenuProps<T extends string> {
  /** Names the control for screen readers. */
  label: string;
  /** Names it for the click tracker. */
  track: string;
  /** What stands on the closed control. */
  shown: ReactNode;
  value: T;
  options: readonly { value: T; label: string; note?: string }[];
  onChange: (value: T) => void;
  className?: string;
}

/** One of several, chosen from a list that opens. */
export function ChoiceMenu<T extends string>({ label, track, shown, value, options, onChange, className }: ChoiceMenuProps<T>) {
  const chosen = options.find((each) => each.value === value)?.label ?? value;
  const choose = (next: string) => {
    const option = options.find((each) => each.value === next);
    if (option) onChange(option.value);
  };
  return (
    <MenuControl label={`${label}: ${chosen}`} title={label} track={track} shown={shown} className={className}>
      <ChoiceItems track={track} value={value} options={options} onChange={choose} />
    </MenuControl>
  );
}
