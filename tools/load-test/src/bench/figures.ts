/** Numbers as the report writes them. */

export const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
export const median = (values: readonly number[]): number => sorted(values)[Math.floor(values.length / 2)] ?? NaN;
/** Median, with least and most where there are several. */
export const summary = (values: readonly number[], text = whole): string =>
  values.length < 2 ? text(median(values)) : `${text(median(values))} (${text(Math.min(...values))} to ${text(Math.max(...values))})`;
/** A table of Markdown. */
export const table = (head: string[], rows: string[][]): string => [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
export const one = (value: number): string => value.toFixed(1);
export const two = (value: number): string => value.toFixed(2);
