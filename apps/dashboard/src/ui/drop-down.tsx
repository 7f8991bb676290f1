import { Suspense, useState, type ReactNode } from 'react';
import { loadAhead, loadedAhead } from './loaded-ahead.js';

const OpenForm = loadedAhead(() => import('./open-form.js'));
const OpenMenu = loadedAhead(() => import('./open-menu.js'));

export interface ControlProps {
  /** Names the control and what opens under it. */
  label: string;
  track: string;
  /** What stands on the closed control. */
  shown: ReactNode;
  className?: string;
  title?: string;
  /** What opens; may be loaded when it is opened for the first time. */
  children: ReactNode;
}

export interface DropDownProps extends ControlProps {
  open: boolean;
  onOpen: (open: boolean) => void;
}

/** A control under which a small form opens. Escape and a press outside close it; the focus goes back to the control. */
export function DropDown(props: DropDownProps) {
  const [needed, setNeeded] = useState(props.open);
  if (props.open && !needed) setNeeded(true);
  const closed = <Closed {...props} opens="dialog" onOpen={() => props.onOpen(true)} />;
  return needed ? <Suspense fallback={closed}><OpenForm {...props} /></Suspense> : closed;
}

/** A control under which a menu opens; its entries are those of Base UI's `Menu`. */
export function MenuControl(props: ControlProps) {
  const [needed, setNeeded] = useState(false);
  const closed = <Closed {...props} opens="menu" onOpen={() => setNeeded(true)} />;
  return needed ? <Suspense fallback={closed}><OpenMenu {...props} /></Suspense> : closed;
}

interface ClosedProps extends Omit<ControlProps, 'children'> {
  opens: 'dialog' | 'menu';
  onOpen: () => void;
}

/** Until it is pressed, so that what opens costs nothing before. */
function Closed({ label, track, shown, className = '', title, opens, onOpen }: ClosedProps) {
  return (
    <button
      type="button"
      className={`control ${className}`}
      aria-label={label}
      aria-haspopup={opens}
      aria-expanded={false}
      title={title ?? label}
      data-track={track}
      onPointerEnter={loadAhead}
      onFocus={loadAhead}
      onClick={onOpen}
    >
      {shown}
    </button>
  );
}
