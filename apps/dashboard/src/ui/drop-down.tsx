import { Popover } from '@base-ui/react/popover';
import { Suspense, type ReactNode } from 'react';

interface DropDownProps {
  /** Names the control and what opens under it. */
  label: string;
  track: string;
  /** What stands on the closed control. */
  shown: ReactNode;
  open: boolean;
  onOpen: (open: boolean) => void;
  className?: string;
  title?: string;
  /** May be loaded when it is opened for the first time. */
  children: ReactNode;
}

/** A control under which a small form opens. Escape and a press outside close it; the focus goes back to the control. */
export function DropDown({ label, track, shown, open, onOpen, className = '', title, children }: DropDownProps) {
  return (
    <Popover.Root open={open} onOpenChange={onOpen}>
      <Popover.Trigger className={`control ${className}`} aria-label={label} title={title ?? label} data-track={track}>
        {shown}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner sideOffset={6} align="start" collisionPadding={8} className="z-40">
          <Popover.Popup aria-label={label} className="popup max-h-(--available-height) max-w-[calc(100vw-1rem)] overflow-y-auto">
            <Suspense fallback={<div className="skeleton m-3 h-40 w-64" />}>{children}</Suspense>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
