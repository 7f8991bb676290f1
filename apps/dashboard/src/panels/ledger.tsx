import type { LedgerDto } from '@analytics/dto';
import { CircleCheck, CircleHelp, TriangleAlert } from 'lucide-react';
import { useLive } from '../live/use-live.js';
import { count } from '../ui/format.js';
import { Panel } from '../ui/panel.js';
import { LedgerMinutes } from './ledger-minutes.js';
import { ledgerVerdict, settlingOf, type LedgerVerdict } from './ledger-verdict.js';

const WINDOW = { seconds: 3600 };
const LOOKS: Record<LedgerVerdict['tone'], { icon: typeof CircleCheck; colour: string }> = {
  good: { icon: CircleCheck, colour: 'text-good' },
  bad: { icon: TriangleAlert, colour: 'text-bad' },
  unknown: { icon: CircleHelp, colour: 'text-warn' },
};

/** What became of every event that was accepted in the last hour, and what is left over: 0, or red. */
export function Ledger({ project }: { project: string }) {
  const query = useLive({ query: 'ledger', params: { project }, window: WINDOW });
  return (
    <Panel
      title="Ledger"
      note={`project ${project}, last hour`}
      query={query}
      skeleton={<div className="skeleton h-49 max-lg:h-96" />}
    >
      {(ledger) => (
        <>
          <div className="flex gap-x-8 gap-y-4 max-lg:flex-col lg:items-center">
            <Residue ledger={ledger} />
            <Equation ledger={ledger} />
          </div>
          <LedgerMinutes ledger={ledger} />
        </>
      )}
    </Panel>
  );
}

function Residue({ ledger }: { ledger: LedgerDto }) {
  const { tone, words } = ledgerVerdict(ledger);
  const { icon: Icon, colour } = LOOKS[tone];
  const { residue } = ledger.totals;
  return (
    <div className="shrink-0 lg:w-64">
      <p className="text-[13px] text-muted">Residue</p>
      <p
        data-testid="ledger-residue"
        data-value={residue}
        data-tone={tone}
        className={`flex items-center gap-2.5 text-[40px] leading-12 font-semibold tracking-tight ${colour}`}
      >
        <Icon aria-hidden className="size-7 shrink-0" />
        {ledger.settledUntil === null ? '–' : count(residue)}
      </p>
      <p role={tone === 'bad' ? 'alert' : 'status'} className={`text-[13px] ${tone === 'bad' ? 'text-bad' : 'text-muted'}`}>
        {words}
      </p>
    </div>
  );
}

function Equation({ ledger }: { ledger: LedgerDto }) {
  const { accepted, stored, duplicate, dead, replayed, inFlight } = ledger.totals;
  const settling = settlingOf(ledger);
  const terms = [
    { sign: '', name: 'Accepted', value: accepted, note: 'by Redis, durably' },
    { sign: '=', name: 'Stored', value: stored, note: 'in TimescaleDB' },
    { sign: '+', name: 'Duplicates', value: duplicate, note: 'came again, stored once' },
    { sign: '+', name: 'Dead letters', value: dead, note: replayed > 0 ? `${count(replayed)} replayed later` : 'kept with the reason' },
    { sign: '+', name: 'In flight', value: inFlight, note: 'in the stream now' },
    { sign: settling < 0 ? '−' : '+', name: 'Settling', value: Math.abs(settling), note: 'counts of the last seconds' },
  ];
  return (
    <dl className="grid grow grid-cols-2 gap-x-3 gap-y-4 sm:grid-cols-3 lg:flex lg:justify-between">
      {terms.map(({ sign, name, value, note }) => (
        <div key={name} className="min-w-0">
          <dt className="flex items-baseline gap-2 text-[13px] text-muted">
            <span className="w-3 shrink-0 text-lg leading-none">{sign}</span>
            {name}
          </dt>
          <dd
            data-testid={`ledger-${name.toLowerCase().replace(' ', '-')}`}
            data-value={value}
            className="pl-5 text-xl font-semibold tracking-tight"
          >
            {count(value)}
          </dd>
          <dd className="pl-5 text-xs text-muted">{note}</dd>
        </div>
      ))}
    </dl>
  );
}
