import { Menu } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';

/** Around the entries of any menu: where it opens, and how it looks. */
export function MenuPopup({ label, className = '', children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <Menu.Portal>
      <Menu.Positioner sideOffset={6} align="start" collisionPadding={8} className="z-40">
        <Menu.Popup aria-label={label} className={`popup max-h-(--available-height) overflow-y-auto p-1.5 ${className}`}>
          {children}
        </Menu.Popup>
      </Menu.Positioner>
    </Menu.Portal>
  );
}

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
export function ChoiceMenu<T extends string>({ label, track, shown, value, options, onChange, className = '' }: ChoiceMenuProps<T>) {
  const chosen = options.find((each) => each.value === value)?.label ?? value;
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className={`control ${className}`} aria-label={`${label}: ${chosen}`} title={label} data-track={track}>
        {shown}
      </Menu.Trigger>
      <MenuPopup label={label}>
        <Menu.RadioGroup value={value} onValueChange={(next: T) => onChange(next)}>
          {options.map((option) => (
            <Menu.RadioItem
              key={option.value}
              value={option.value}
              closeOnClick
              className="menu-item"
              data-track={`${track}-${option.value}`}
            >
              <Check aria-hidden className={`size-3.5 shrink-0 text-accent ${option.value === value ? '' : 'invisible'}`} />
              <span className="min-w-0 grow truncate">{option.label}</span>
              {option.note && <span className="ml-4 shrink-0 text-xs text-muted">{option.note}</span>}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </MenuPopup>
    </Menu.Root>
  );
}
