import type { PipelineDto, QuantilesDto } from '@analytics/dto';
import { useLine } from '../live/use-live.js';
import { duration } from '../ui/format.js';
import { clockWords, hopsOf, type Hop } from './pipeline-hop-times.js';

const QUANTILES = ['p50', 'p95', 'p99'] as const;
/** The columns of the stations above, each cut in two: a hop begins and ends in the middle of one. */
const COLUMNS = 'lg:grid-cols-[repeat(6,minmax(0,1fr)_minmax(0,1fr)_3.75rem)_minmax(0,1fr)_minmax(0,1fr)]';
const middleOf = (station: number): number => 3 * station + 2;

/** How long each hop of an event takes, below the stations that it lies between. */
export function PipelineHops({ pipeline }: { pipeline: PipelineDto }) {
  const hops = hopsOf(pipeline);
  return (
    <div className="mt-5">
      <ol aria-label="Times of the hops" className={`grid grid-cols-1 gap-y-4 ${COLUMNS}`}>
        {hops.map((hop, index) => (
          <HopBox key={`${hop.from} ${hop.to}`} hop={hop} whole={index === hops.length - 1} />
        ))}
      </ol>
      <p className="mt-4 text-[13px] text-muted">
        <Clock /> An event is created by the clock of its client.
      </p>
    </div>
  );
}

function HopBox({ hop: { from, to, what, stations, took, reason }, whole }: { hop: Hop; whole: boolean }) {
  const [first, last] = stations;
  return (
    <li
      title={what}
      data-testid={`hop-${from}-${to}`}
      data-p95={took?.p95 ?? ''}
      style={{ ['--span' as string]: `${middleOf(first)} / ${middleOf(last)}` }}
      className="flex min-w-0 flex-col items-center gap-1 max-lg:items-stretch lg:[grid-column:var(--span)] lg:px-1"
    >
      <span aria-hidden className={`h-2.5 w-full border-x-2 border-t-2 max-lg:hidden ${whole ? 'border-accent' : 'border-(--chart-before)'}`} />
      <h3 className="text-[13px] text-muted max-lg:border-t max-lg:border-line max-lg:pt-2">
        {from} <span aria-hidden>→</span>
        <span className="sr-only">to</span> <span className="text-ink">{to}</span>
        {whole && ', the whole way'}
      </h3>
      {took ? <Times took={took} whole={whole} wide={whole || last - first > 1} /> : <p className="text-[13px] text-muted">unknown: {reason} in the last minute</p>}
    </li>
  );
}

interface TimesProps {
  took: QuantilesDto;
  whole: boolean;
  /** There is room for all side by side. */
  wide: boolean;
}

function Times({ took, whole, wide }: TimesProps) {
  return (
    <dl className={`grid gap-x-3 lg:gap-x-6 max-lg:grid-cols-3 ${wide ? 'lg:grid-cols-3' : 'lg:grid-cols-1'}`}>
      {QUANTILES.map((name) => (
        <div key={name} className={`flex items-baseline gap-x-2 ${wide ? 'lg:flex-col lg:items-center' : 'lg:justify-between'} max-lg:flex-col`}>
          <dt className="text-xs text-muted">{name}</dt>
          <dd className={`font-semibold tracking-tight whitespace-nowrap ${whole ? 'text-2xl lg:text-3xl' : wide ? 'text-lg' : ''}`}>{duration(took[name])}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Renders at every pulse, so it is a component of its own. */
function Clock() {
  const { clockOffset, clockError } = useLine();
  return <span data-testid="clock-offset">{clockWords(clockOffset, clockError)}</span>;
}
