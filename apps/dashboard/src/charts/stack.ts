/** One line of a chart: values per bucket and how it looks. */
export interface ChartLine {
  name: string;
  label: string;
  /** CSS variable. */
  colour: string;
  /** null: there is nothing to compute it from. */
  values: readonly (number | null)[];
}

/**
 * Heights of a stack, the tallest first, as a canvas paints it: each later line covers the lower part of the one before.
 * The first line given lies at the bottom.
 */
export function stackHeights(lines: readonly ChartLine[], buckets: number): (number | null)[][] {
  const [only, ...more] = lines;
  // A line that stands alone shows its gaps.
  if (only && more.length === 0) return [[...only.values]];
  const heights: number[][] = [];
  let below: number[] = new Array<number>(buckets).fill(0);
  for (const { values } of lines) {
    below = below.map((height, index) => height + (values[index] ?? 0));
    heights.unshift(below);
  }
  return heights;
}

/** Everything that is drawn, added up. */
export const drawnTotal = (lines: readonly ChartLine[]): number =>
  lines.reduce((sum, { values }) => sum + values.reduce<number>((part, value) => part + (value ?? 0), 0), 0);

const NICE_STEPS = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The end of a value axis: a round number with some air above the highest value, so that it rarely moves. */
export function niceCeiling(highest: number): number {
  if (!(highest > 0)) return 1;
  const target = highest * 1.04;
  const magnitude = 10 ** Math.floor(Math.log10(target));
  return magnitude * (NICE_STEPS.find((step) => step * magnitude >= target) ?? 10);
}
