import { requestKey, wireParams, type LiveRequest } from './live-request.js';
import { granularityFor, RANGES, windowStart } from './range.js';

describe('from a range to its buckets', () => {
  it.each([
    ['30m', '10s'],
    ['1h', '1m'],
    ['6h', '5m'],
    ['24h', '15m'],
    ['7d', '1h'],
  ] as const)('shows %s in buckets of %s', (range, granularity) => expect(granularityFor(RANGES[range].seconds)).toBe(granularity));

  it('takes days for whatever is longer than any bucket can hold', () => {
    expect(granularityFor(10 * 365 * 86_400)).toBe('1d');
  });

  it('starts a window on a boundary of its buckets', () => {
    const now = Date.parse('2026-01-31T12:34:56.789Z');
    expect(windowStart(now, 1800, '10s')).toBe('2026-01-31T12:04:50.000Z');
    expect(windowStart(now, 86_400, '15m')).toBe('2026-01-30T12:30:00.000Z');
    expect(windowStart(now, 3600)).toBe('2026-01-31T11:34:00.000Z');
  });
});

describe('a live request', () => {
  const request: LiveRequest = {
    query: 'timeseries',
    params: { project: 'demo', byType: true },
    window: { seconds: 1800, granularity: '10s' },
  };

  it('sends its window as a start in time and a bucket width', () => {
    expect(wireParams(request, Date.parse('2026-01-31T12:00:05Z'))).toEqual({
      project: 'demo',
      byType: true,
      granularity: '10s',
      from: '2026-01-31T11:30:00.000Z',
    });
  });

  it('is known by the same key at every moment, and by another for another project', () => {
    expect(requestKey({ ...request })).toBe(requestKey(request));
    expect(requestKey({ ...request, params: { ...request.params, project: 'self' } })).not.toBe(requestKey(request));
  });
});
