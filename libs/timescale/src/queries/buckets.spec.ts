import { resolveBuckets, type Bucket, type BucketWidth } from './buckets.js';

const at = (text: string): Date => new Date(text);
const FAR = Date.parse('2030-01-01T00:00:00Z');

function buckets(from: string, to: string, width: BucketWidth | 'auto', zone: string, now = FAR): Bucket[] {
  const { value, fault } = resolveBuckets({ from: at(from), to: at(to) }, width, zone, now);
  if (fault) throw new Error(fault.message);
  return value.buckets;
}
const starts = (list: Bucket[]): string[] => list.map(({ from }) => from.toISOString().replace(':00.000Z', 'Z'));
const hours = (list: Bucket[]): number[] => list.map(({ from, to }) => (to.getTime() - from.getTime()) / 3_600_000);

describe('buckets', () => {
  it.each([
    // zone, the day on which clocks change (its first and last instant), its hours
    ['Europe/Berlin', 'forward', '2026-03-28T23:00Z', '2026-03-29T22:00Z', 23],
    ['Europe/Berlin', 'back', '2026-10-24T22:00Z', '2026-10-25T23:00Z', 25],
    ['America/New_York', 'forward', '2026-03-08T05:00Z', '2026-03-09T04:00Z', 23],
    ['America/New_York', 'back', '2026-11-01T04:00Z', '2026-11-02T05:00Z', 25],
    ['Australia/Lord_Howe', 'back by half an hour', '2026-04-04T13:00Z', '2026-04-05T13:30Z', 24.5],
    ['Australia/Lord_Howe', 'forward by half an hour', '2026-10-03T13:30Z', '2026-10-04T13:00Z', 23.5],
  ])('of a day are as long as the day is: %s, clocks put %s', (zone, _, first, last, length) => {
    const from = new Date(at(first).getTime() - 86_400_000).toISOString();
    const to = new Date(at(last).getTime() + 86_400_000).toISOString();
    const days = buckets(from, to, '1d', zone);
    expect(hours(days)).toEqual([24, length, 24]);
    expect([days[1]!.from, days[1]!.to]).toEqual([at(first), at(last)]);
    expect(days.every(({ complete }) => complete)).toBe(true);
  });

  it('of an hour are as many as the day has hours, by the time that passes', () => {
    const forward = buckets('2026-03-28T23:00Z', '2026-03-29T22:00Z', '1h', 'Europe/Berlin');
    const back = buckets('2026-11-01T04:00Z', '2026-11-02T05:00Z', '1h', 'America/New_York');
    expect([forward.length, back.length]).toEqual([23, 25]);
    expect(new Set([...hours(forward), ...hours(back)])).toEqual(new Set([1]));
  });

  it('begin anew at each local midnight: the last one of a day of half hours is half an hour', () => {
    const day = buckets('2026-04-04T13:00Z', '2026-04-05T14:30Z', '1h', 'Australia/Lord_Howe');
    expect(hours(day)).toEqual([...Array<number>(24).fill(1), 0.5, 1]);
    expect(starts(day).slice(-3)).toEqual(['2026-04-05T12:00Z', '2026-04-05T13:00Z', '2026-04-05T13:30Z']);
    expect(hours(buckets('2026-10-03T13:30Z', '2026-10-04T13:00Z', '6h', 'Australia/Lord_Howe'))).toEqual([6, 6, 6, 5.5]);
    expect(hours(buckets('2026-10-24T22:00Z', '2026-10-25T23:00Z', '6h', 'Europe/Berlin'))).toEqual([6, 6, 6, 6, 1]);
  });

  it('of a week begin on Monday, and of a month on the first', () => {
    const weeks = buckets('2026-03-22T23:00Z', '2026-04-05T22:00Z', '1w', 'Europe/Berlin');
    expect(starts(weeks)).toEqual(['2026-03-22T23:00Z', '2026-03-29T22:00Z']);
    expect(hours(weeks)).toEqual([167, 168]);
    const months = buckets('2026-02-01T05:00Z', '2026-05-01T04:00Z', '1mo', 'America/New_York');
    expect(starts(months)).toEqual(['2026-02-01T05:00Z', '2026-03-01T05:00Z', '2026-04-01T04:00Z']);
    expect(hours(months)).toEqual([28 * 24, 31 * 24 - 1, 30 * 24]);
  });

  it('begin a day later than midnight where clocks jump over it', () => {
    // Cuba puts its clocks forward at midnight: that day begins at 1 o'clock.
    const [day] = buckets('2026-03-08T05:00Z', '2026-03-09T04:00Z', '1d', 'America/Havana');
    expect(hours([day!])).toEqual([23]);
  });

  it('are cut by the range and by the present, and say so', () => {
    const cut = buckets('2026-01-01T00:20Z', '2026-01-01T04:10Z', '1h', 'UTC', Date.parse('2026-01-01T02:30:00Z'));
    expect(starts(cut)).toEqual(['2026-01-01T00:20Z', '2026-01-01T01:00Z', '2026-01-01T02:00Z', '2026-01-01T03:00Z', '2026-01-01T04:00Z']);
    expect(cut.map(({ complete }) => complete)).toEqual([false, true, false, false, false]);
    expect(cut.at(-1)!.to).toEqual(at('2026-01-01T04:10Z'));
  });

  it.each([
    ['an hour', 3_600_000, '1m'],
    ['a day', 86_400_000, '15m'],
    ['a week', 7 * 86_400_000, '1h'],
    ['30 days', 30 * 86_400_000, '6h'],
    ['a year', 365 * 86_400_000, '1w'],
  ])('of auto are of a sensible number: %s', (_, length, granularity) => {
    const to = at('2026-07-01T00:00:00Z');
    const { value } = resolveBuckets({ from: new Date(to.getTime() - length), to }, 'auto', 'UTC', FAR);
    expect(value!.granularity).toBe(granularity);
    expect(value!.buckets.length).toBeGreaterThanOrEqual(50);
    expect(value!.buckets.length).toBeLessThanOrEqual(240);
  });

  it('are 2,000 at most; one more is refused with the widths that are allowed', () => {
    const from = at('2026-01-01T00:00:00Z');
    const ends = (count: number): Date => new Date(from.getTime() + count * 60_000);
    expect(resolveBuckets({ from, to: ends(2000) }, '1m', 'UTC', FAR).value!.buckets).toHaveLength(2000);
    const { fault } = resolveBuckets({ from, to: new Date(ends(2000).getTime() + 1) }, '1m', 'UTC', FAR);
    expect(fault).toEqual({
      field: 'granularity',
      value: '1m',
      message: 'granularity 1m would make more than 2000 buckets; for this range use auto or one of 5m, 15m, 30m, 1h, 6h, 1d, 1w, 1mo',
      allowed: ['auto', '5m', '15m', '30m', '1h', '6h', '1d', '1w', '1mo'],
    });
  });
});
