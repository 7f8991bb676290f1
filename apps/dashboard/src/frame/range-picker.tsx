import { CalendarRange, ChevronDown } from 'lucide-react';
import { useView } from '../routes/view.js';
import { DropDown } from '../ui/drop-down.js';
import { loadedAhead } from '../ui/loaded-ahead.js';
import { rangeLabel } from './periods.js';

const RangeChoices = loadedAhead(() => import('./range-choices.js'));

/** `custom`: opened to fill in a range of one's own. */
export type PickerState = 'closed' | 'open' | 'custom';

/** Which time the page shows. */
export function RangePicker({ state, onState }: { state: PickerState; onState: (state: PickerState) => void }) {
  const { search, timeZone } = useView();
  const label = rangeLabel(search, timeZone);
  return (
    <DropDown
      label={`Range: ${label}`}
      title={`${label}, ${timeZone}`}
      track="range"
      className="min-w-0 max-sm:flex-1 max-sm:basis-36"
      open={state !== 'closed'}
      onOpen={(open) => onState(open ? 'open' : 'closed')}
      shown={
        <>
          <CalendarRange aria-hidden className="size-4 shrink-0 text-muted" />
          <span className="truncate font-medium">{label}</span>
          <ChevronDown aria-hidden className="size-3.5 shrink-0 text-muted max-sm:ml-auto" />
        </>
      }
    >
      <RangeChoices onDone={() => onState('closed')} custom={state === 'custom'} />
    </DropDown>
  );
}
