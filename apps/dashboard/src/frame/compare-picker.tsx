import { GitCompareArrows } from 'lucide-react';
import { useState } from 'react';
import { useView } from '../routes/view.js';
import { DropDown } from '../ui/drop-down.js';
import { loadedAhead } from '../ui/loaded-ahead.js';
import { comparisonLabel } from './periods.js';

const CompareChoices = loadedAhead(() => import('./compare-choices.js'));

/** With which other time the page compares its own. */
export function ComparePicker() {
  const { search, timeZone } = useView();
  const [open, setOpen] = useState(false);
  const label = comparisonLabel(search, timeZone);
  return (
    <DropDown
      label={`Compare with: ${label ?? 'nothing'}`}
      title="Compare (X)"
      track="compare"
      className={label ? 'border-accent!' : ''}
      open={open}
      onOpen={setOpen}
      shown={
        <>
          <GitCompareArrows aria-hidden className="size-4 text-muted" />
          <span className="max-md:sr-only">{label ?? 'Compare'}</span>
        </>
      }
    >
      <CompareChoices onDone={() => setOpen(false)} />
    </DropDown>
  );
}
