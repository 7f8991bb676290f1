import type { Answer } from '../api/questions.js';
import { courseFrame } from './course-frame.js';

const bucket = (from: string, to: string, value: number | null, complete = true) => ({ from, to, complete, values: [value] });

const answer: Answer<'timeseries'> = {
  query: {
    project: 'demo',
    from: '2026-03-01T10:00:30Z',
    to: '2026-03-01T10:03:00Z',
    timeZone: 'Europe/Berlin',
    metrics: ['events'],
    filters: null,
    granularity: '1m',
    compare: { from: '2026-03-01T09:58:00Z', to: '2026-03-01T10:00:30Z' },
  },
  source: 'raw',
  exact: true,
  completeThrough: null,
  inFlight: null,
  asOf: '2026-03-01T10:02:10Z',
  buckets: [
    bucket('2026-03-01T10:00:30Z', '2026-03-01T10:01:00Z', 30, false),
    bucket('2026-03-01T10:01:00Z', '2026-03-01T10:02:00Z', null),
    bucket('2026-03-01T10:02:00Z', '2026-03-01T10:03:00Z', 5, false),
  ],
  previous: [bucket('2026-03-01T09:58:00Z', '2026-03-01T09:59:00Z', 12)],
};

describe('the course of a number', () => {
  it('draws what was answered, gaps as gaps, and knows the bucket that still grows and the one that the range cuts', () => {
    const frame = courseFrame(answer, 'events', false);
    expect(frame.lines[0]?.values).toEqual([30, null, 5]);
    expect([frame.cut, frame.unfinished]).toEqual([true, 2]);
    expect(frame.granularitySeconds).toBe(60);
    expect(frame.before).toBeUndefined();
    expect(frame.describeBucket(Date.parse('2026-03-01T10:01:00Z') / 1000)).toBe('Sun 1 Mar 11:01');
  });

  it('measures a rate over the time that a bucket has really had', () => {
    expect(courseFrame(answer, 'rate', false).lines[0]?.values).toEqual([1, null, 0.5]);
  });

  it('lays the comparison beside it bucket by bucket, and nothing where it has none', () => {
    const { before } = courseFrame(answer, 'events', true);
    expect(before?.values).toEqual([12, null, null]);
    expect(before?.describeBucket(0)).toBe('Sun 1 Mar 10:58');
  });

  it('has no growing bucket in a range that is over', () => {
    expect(courseFrame({ ...answer, asOf: '2026-03-02T00:00:00Z' }, 'events', false).unfinished).toBeNull();
  });
});
