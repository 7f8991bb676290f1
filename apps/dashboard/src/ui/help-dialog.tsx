import { Modal } from './modal.js';

const KEYS = [
  ['Space', 'Pause and resume live updates'],
  ['R', 'Overview of the last 30 minutes, live'],
  ['D', 'Overview of the last 24 hours'],
  ['?', 'This help'],
  ['Esc', 'Close a dialog'],
] as const;

const STATES = [
  ['bg-good', 'Live', 'The gateway pushes every change, and a pulse each second proves the line.'],
  ['bg-warn', 'Reconnecting', 'The connection is gone; numbers are asked for again every 5 seconds.'],
  ['bg-bad', 'Stale since …', 'No pulse for 3 seconds, or a question failed. What you see was right at that time.'],
  ['bg-muted', 'Paused', 'You hold the screen still. Nothing is lost; resume shows the newest numbers.'],
] as const;

export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal title="Keys and signs" onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2 overflow-auto">
        {KEYS.map(([key, meaning]) => (
          <div key={key} className="col-span-2 grid grid-cols-subgrid items-center">
            <dt>
              <kbd className="inline-block min-w-8 rounded-md border border-line bg-raised px-2 py-0.5 text-center font-sans text-xs">
                {key}
              </kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
        {STATES.map(([colour, name, meaning]) => (
          <div key={name} className="col-span-2 grid grid-cols-subgrid items-baseline border-t border-line pt-2">
            <dt className="flex items-center gap-2 font-medium">
              <span aria-hidden className={`size-2 rounded-full ${colour}`} /> {name}
            </dt>
            <dd className="text-muted">{meaning}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
