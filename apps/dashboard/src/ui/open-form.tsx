import { Popover } from '@base-ui/react/popover';
import { Suspense } from 'react';
import type { DropDownProps } from './drop-down.js';

/** A control with its form, once that was asked for. */
export default function OpenForm({ label, track, shown, open, onOpen, className = '', title, children }: DropDownProps) {
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
