import { memo } from 'react';

const WIDTH = 100;
const HEIGHT = 26;

/**
 * The course of a number, without axes; decoration beside the number itself.
 * @param values null: nothing to compute it from; the line goes on over it.
 */
export const Sparkline = memo(function Sparkline({ values, colour }: { values: readonly (number | null)[]; colour: string }) {
  const highest = Math.max(...values.map((value) => value ?? 0), 0);
  const points = values.flatMap((value, index) =>
    value === null ? [] : [`${(index / (values.length - 1)) * WIDTH},${HEIGHT - 2 - (value / highest) * (HEIGHT - 4)}`],
  );
  if (points.length < 2 || highest === 0) return <div aria-hidden className="h-6.5" />;
  const x = (point: string | undefined): string => point?.split(',')[0] ?? '0';
  return (
    <svg aria-hidden viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className="h-6.5 w-full">
      <polygon points={`${x(points[0])},${HEIGHT} ${points.join(' ')} ${x(points.at(-1))},${HEIGHT}`} fill={`var(${colour})`} opacity={0.12} />
      <polyline points={points.join(' ')} fill="none" stroke={`var(${colour})`} strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
    </svg>
  );
});
