import type { SeriesDto } from '@analytics/dto';
import { typeLines } from './series-frame.js';
import { drawnTotal, niceCeiling, stackHeights, unfinishedBucket } from './stack.js';

const answer: SeriesDto = {
  asOf: '2026-01-31T12:00:15.000Z',
  from: '2026-01-31T12:00:00.000Z',
  to: '2026-01-31T12:00:20.000Z',
  granularitySeconds: 10,
  buckets: [1_769_860_800, 1_769_860_810],
  series: [
    { name: 'error', values: [1, 2] },
    { name: 'signed_up', values: [0, 1] },
    { name: 'page_view', values: [10, 5] },
  ],
};

describe('a stacked chart', () => {
  it('stacks the built-in types in their usual order and custom ones on top', () => {
    expect(typeLines(answer).map(({ label }) => label)).toEqual(['Page views', 'Errors', 'signed_up']);
  });

  it('draws the tallest first, so that each covers the foot of the one before', () => {
    expect(stackHeights(typeLines(answer), 2)).toEqual([
      [11, 8],
      [11, 7],
      [10, 5],
    ]);
  });

  it('adds up exactly what is drawn', () => {
    expect(drawnTotal(typeLines(answer))).toBe(19);
    expect(drawnTotal(typeLines(answer).filter(({ name }) => name !== 'page_view'))).toBe(4);
  });

  it('shows the gaps of a line that stands alone', () => {
    expect(stackHeights([{ name: 'p95', label: 'p95', colour: '--ink', values: [3, null, 5] }], 3)).toEqual([[3, null, 5]]);
  });

  it('knows the bucket that is still being filled', () => {
    expect(unfinishedBucket(answer.buckets, 10, '2026-01-31T12:00:15.000Z')).toBe(1);
    expect(unfinishedBucket(answer.buckets, 10, '2026-01-31T12:00:20.000Z')).toBeNull();
    expect(unfinishedBucket([], 10, '2026-01-31T12:00:20.000Z')).toBeNull();
  });

  it.each([
    [0, 1],
    [1, 1.5],
    [97, 150],
    [1180, 1500],
    [240_000, 250_000],
  ])('ends the axis above %d at %d', (highest, end) => expect(niceCeiling(highest)).toBe(end));
});
