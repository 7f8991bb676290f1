import type { LedgerDto, LedgerMinuteDto } from '@analytics/dto';
import { count, minuteOfDay } from '../ui/format.js';

const MINUTE_MS = 60_000;
/** More faulty minutes than this are only counted. */
const LISTED = 6;

interface Slot {
  at: number;
  counts: LedgerMinuteDto | undefined;
  settled: boolean;
}

function slotsOf({ from, to, settledUntil, minutes }: LedgerDto): Slot[] {
  const byTime = new Map(minutes.map((each) => [Date.parse(each.minute), each]));
  const first = Date.parse(from);
  return Array.from({ length: (Date.parse(to) - first) / MINUTE_MS }, (_, index) => {
    const at = first + index * MINUTE_MS;
    return { at, counts: byTime.get(at), settled: settledUntil !== null && at < Date.parse(settledUntil) };
  });
}

const faultOf = ({ missing, surplus }: LedgerMinuteDto): string =>
  [missing > 0 && `${count(missing)} missing`, surplus > 0 && `${count(surplus)} too many`].filter(Boolean).join(', ');

function describe({ at, counts, settled }: Slot): string {
  const time = minuteOfDay(at);
  if (!counts) return `${time}: nothing accepted`;
  const { accepted, stored, duplicate, dead, residue } = counts;
  const state = residue > 0 ? faultOf(counts) : settled ? 'residue 0' : 'still being counted';
  return `${time}: ${count(accepted)} accepted, ${count(stored)} stored, ${count(duplicate)} duplicates, ${count(dead)} dead letters; ${state}`;
}

/** A bar a minute, as high as its accepted events; a minute with residue is red over the full height, and named below. */
export function LedgerMinutes({ ledger }: { ledger: LedgerDto }) {
  const slots = slotsOf(ledger);
  const most = Math.max(1, ...slots.map(({ counts }) => counts?.accepted ?? 0));
  const faulty = ledger.minutes.filter(({ residue }) => residue > 0);
  return (
    <div className="mt-4">
      <div
        role="img"
        aria-label={`Accepted events by the minute; ${faulty.length === 0 ? 'no minute has residue' : `${faulty.length} with residue`}`}
        className="flex h-10 items-end gap-px border-b border-line"
      >
        {slots.map((slot) => (
          <Bar key={slot.at} slot={slot} most={most} />
        ))}
      </div>
      <div aria-hidden className="mt-1 flex justify-between text-xs text-muted">
        <span>{minuteOfDay(Date.parse(ledger.from))}</span>
        <span>{minuteOfDay(Date.parse(ledger.to))}</span>
      </div>
      {faulty.length > 0 && (
        <p data-testid="ledger-faults" className="mt-2 text-[13px] text-bad">
          {faulty.slice(-LISTED).map((each) => `${minuteOfDay(Date.parse(each.minute))}: ${faultOf(each)}`).join(' · ')}
          {faulty.length > LISTED && ` · and ${faulty.length - LISTED} minutes before`}
        </p>
      )}
    </div>
  );
}

function Bar({ slot, most }: { slot: Slot; most: number }) {
  const { counts, settled } = slot;
  const bad = (counts?.residue ?? 0) > 0;
  const share = (counts?.accepted ?? 0) / most;
  return (
    <span title={describe(slot)} className="flex h-full min-w-0 grow items-end">
      <span
        className={`w-full rounded-t-[2px] ${bad ? 'bg-bad' : 'bg-accent'} ${settled || bad ? '' : 'opacity-45'}`}
        style={{ height: bad ? '100%' : share === 0 ? 0 : `${Math.max(6, share * 100)}%` }}
      />
    </span>
  );
}
