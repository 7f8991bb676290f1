import type { Answer } from '../api/questions.js';
import { minutesFrame, rateNow } from './live-minutes.js';

type Series = Answer<'timeseries'>;
const at = (second: number): string => new Date(Date.UTC(2026, 0, 31, 12, 0, second)).toISOString();
const bucket = (from: number, to: number, values: (number | null)[], complete = true) => ({ from: at(from), to: at(to), values, complete });
const answer = (buckets: Series['buckets'], part: Partial<Series> = {}): Series =>
  ({ asOf: at(25), completeThrough: at(24), query: { timeZone: 'UTC' }, buckets, ...part }) as Series;

describe('events per second now', () => {
  const tens = [bucket(0, 10, [200]), bucket(10, 20, [300]), bucket(20, 30, [90], false)];

  it('is the mean of the newest ten seconds that are over', () => {
    expect(rateNow(answer(tens))).toBe(30);
  });

  it('waits with ten seconds that are over until all that was accepted in them is stored', () => {
    expect(rateNow(answer(tens, { completeThrough: at(19) }))).toBe(20);
  });

  it('goes by the clock while nobody knows what is stored, and claims nothing before the first ten seconds', () => {
    expect(rateNow(answer(tens, { completeThrough: null }))).toBe(30);
    expect(rateNow(answer(tens.slice(2)))).toBeNull();
  });
});

describe('the bars of the last minutes', () => {
  it('are of users, tell the events of each, and show that the last one is not over', () => {
    const frame = minutesFrame(answer([bucket(0, 60, [7, 1200]), bucket(60, 120, [3, 40], false)]));
    expect(frame.lines.map(({ values }) => values)).toEqual([[7, 3]]);
    expect(frame.notes?.(0)).toEqual([['Events', '1,200']]);
    expect(frame.unfinished).toBe(1);
    expect(frame.describeBucket(frame.buckets[0] ?? 0)).toBe('Sat 31 Jan 12:00');
  });

  it('are thirty at any second, none of them cut at its beginning', () => {
    const cut = bucket(20, 60, [1, 1], false);
    const whole = Array.from({ length: 29 }, (_, index) => bucket(60 * (index + 1), 60 * (index + 2), [5, 5]));
    const frame = minutesFrame(answer([cut, ...whole, bucket(1800, 1820, [2, 2], false)]));
    expect(frame.buckets).toHaveLength(30);
    expect(frame.lines[0]?.values[0]).toBe(5);
    expect(frame.unfinished).toBe(29);
  });

  it('are all finished where the last one is', () => {
    expect(minutesFrame(answer([bucket(0, 60, [7, 1200])])).unfinished).toBeNull();
  });
});
