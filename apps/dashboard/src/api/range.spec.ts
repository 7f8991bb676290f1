import { requestKey, wireParams, type LiveRequest } from './live-request.js';
import { granularityFor, RANGES } from './range.js';

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
});

describe('a live request', () => {
  const request: LiveRequest = {
    query: 'timeseries',
    params: { project: 'demo', byType: true },
    window: { seconds: 1800, granularity: '10s' },
  };

  it('sends its window as a length that ends now and a bucket width', () => {
    expect(wireParams(request)).toEqual({
      project: 'demo',
      byType: true,
      granularity: '10s',
      last: '30m',
    });
  });

  it('is known by the same key at every moment, and by another for another project', () => {
    expect(requestKey({ ...request })).toBe(requestKey(request));
    expect(requestKey({ ...request, params: { ...request.params, project: 'self' } })).not.toBe(requestKey(request));
  });
});
