import { memo } from 'react';

const WIDTH = 100;
const HEIGHT = 26;

/** The course of a number, without axes; decoration beside the number itself. The last, unfinished value is left out. */
export const Sparkline = memo(function Sparkline({ values, colour }: { values: readonly number[]; colour: string }) {
  const finished = values.slice(0, -1);
  const highest = Math.max(...finished, 0);
  if (finished.length < 2 || highest === 0) return <div aria-hidden className="h-6.5" />;
  const points = finished.map(
    (value, index) => `${(index / (finished.length - 1)) * WIDTH},${HEIGHT - 2 - (value / highest) * (HEIGHT - 4)}`,
  );
  return (
    <svg aria-hidden viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className="h-6.5 w-full">
      <polygon points={`0,${HEIGHT} ${points.join(' ')} ${WIDTH},${HEIGHT}`} fill={`var(${colour})`} opacity={0.12} />
      <polyline points={points.join(' ')} fill="none" stroke={`var(${colour})`} strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
    </svg>
  );
});
