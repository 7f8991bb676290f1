import { memo } from 'react';

const WIDTH = 100;
const HEIGHT = 26;

/**
 * The course of a number, without axes; decoration beside the number itself.
 * @param values null: nothing to compute it from, so the line has a gap.
 */
export const Sparkline = memo(function Sparkline({ values, colour }: { values: readonly (number | null)[]; colour: string }) {
  const highest = Math.max(...values.map((value) => value ?? 0), 0);
  if (values.length < 2 || highest === 0) return <div aria-hidden className="h-6.5" />;
  const x = (index: number): string => ((index / (values.length - 1)) * WIDTH).toFixed(2);
  const y = (value: number): string => (HEIGHT - 2 - (value / highest) * (HEIGHT - 4)).toFixed(2);
  let line = '';
  let area = '';
  values.forEach((value, index) => {
    if (value === null) return;
    const begins = index === 0 || values[index - 1] === null;
    const ends = index === values.length - 1 || values[index + 1] === null;
    line += `${begins ? 'M' : 'L'}${x(index)},${y(value)}`;
    area += `${begins ? `M${x(index)},${HEIGHT}L` : 'L'}${x(index)},${y(value)}${ends ? `L${x(index)},${HEIGHT}Z` : ''}`;
  });
  return (
    <svg aria-hidden viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className="h-6.5 w-full">
      <path d={area} fill={`var(${colour})`} opacity={0.12} />
      <path d={line} fill="none" stroke={`var(${colour})`} strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
    </svg>
  );
});
