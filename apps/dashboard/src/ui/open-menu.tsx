import { Menu } from '@base-ui/react/menu';
import { Suspense } from 'react';
import type { ControlProps } from './drop-down.js';

/** A control with its menu, which was asked for, and so is open at first. */
export default function OpenMenu({ label, track, shown, className = '', title, children }: ControlProps) {
  return (
    <Menu.Root modal={false} defaultOpen>
      <Menu.Trigger className={`control ${className}`} aria-label={label} title={title ?? label} data-track={track}>
        {shown}
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={6} align="start" collisionPadding={8} className="z-40">
          <Menu.Popup
            aria-label={label}
            className="popup max-h-[min(32rem,var(--available-height))] max-w-[min(20rem,calc(100vw-1.5rem))] overflow-y-auto p-1.5"
          >
            <Suspense fallback={<div className="skeleton m-1 h-24 w-40" />}>{children}</Suspense>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
