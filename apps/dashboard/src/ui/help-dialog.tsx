import { PRESETS } from '../frame/periods.js';
import { Modal } from './modal.js';

const KEYS = [
  ...PRESETS.flatMap((each) => ('key' in each ? [[each.key, 'note' in each ? `${each.label}, ${each.note}` : each.label] as const] : [])),
  ['C', 'A range of your own'],
  ['X', 'Compare, or stop comparing'],
  ['/', 'Add a filter'],
  ['Space', 'Pause and resume live updates'],
  ['?', 'This help'],
  ['Esc', 'Close what is open'],
] as const;

const STATES = [
  ['bg-good', 'Live', 'The gateway pushes every change, and a pulse each second proves the line.'],
  ['bg-warn', 'Reconnecting', 'The connection is gone; numbers are asked for again every 5 seconds.'],
  ['bg-bad', 'Stale since …', 'No pulse for 3 seconds, or a question failed. What you see was right at that time.'],
  ['bg-muted', 'Paused', 'You hold the screen still. Nothing is lost; resume shows the newest numbers.'],
] as const;

/** The keys of every page, and what the four states mean. */
export default function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal title="Keys and signs" onClose={onClose}>
      <div className="overflow-auto" tabIndex={0}>
      <dl className="mb-3 grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2 sm:grid-cols-[auto_1fr_auto_1fr]">
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
      </dl>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2">
        {STATES.map(([colour, name, meaning]) => (
          <div key={name} className="col-span-2 grid grid-cols-subgrid items-baseline border-t border-line pt-2">
            <dt className="flex items-center gap-2 font-medium">
              <span aria-hidden className={`size-2 rounded-full ${colour}`} /> {name}
            </dt>
            <dd className="text-muted">{meaning}</dd>
          </div>
        ))}
      </dl>
      </div>
    </Modal>
  );
}
