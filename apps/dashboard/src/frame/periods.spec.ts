import { comparisonLabel, rangeLabel, rangeWords } from './periods.js';

describe('a range in words', () => {
  it.each([
    [{}, 'Last 30 minutes', 'in the last 30 minutes'],
    [{ period: 'yesterday' }, 'Yesterday', 'yesterday'],
    [{ period: 'last_12_months' }, 'Last 12 months', 'in the last 12 months'],
    [{ period: '1d' }, 'Last day', 'in the last day'],
    [{ period: '45m' }, 'Last 45 minutes', 'in the last 45 minutes'],
    [{ period: 'this_week' }, 'This week', 'this week'],
    [{ from: '2026-03-01T22:00:00Z' }, 'Since 1 Mar 23:00', 'since 1 Mar 23:00'],
    [{ from: '2026-03-01T09:00:00Z', to: '2026-03-01T11:30:00Z' }, '1 Mar 10:00 – 12:30', '(1 Mar 10:00 – 12:30)'],
    [{ from: '2026-02-28T23:00:00Z', to: '2026-03-01T23:00:00Z' }, 'Sun 1 Mar', '(Sun 1 Mar)'],
    [{ from: '2026-02-28T23:00:00Z', to: '2026-03-03T23:00:00Z' }, 'Sun 1 Mar – Tue 3 Mar', '(Sun 1 Mar – Tue 3 Mar)'],
  ])('says %j on the clocks of the zone', (search, label, words) => {
    expect(rangeLabel(search, 'Europe/Berlin')).toBe(label);
    expect(rangeWords(search, 'Europe/Berlin')).toBe(words);
  });

  it('names a comparison, and none', () => {
    expect(comparisonLabel({ compare: 'previous_year' }, 'UTC')).toBe('Previous year');
    expect(comparisonLabel({ compareFrom: '2026-02-01T00:00:00Z' }, 'UTC')).toBe('From 1 Feb 00:00');
    expect(comparisonLabel({}, 'UTC')).toBeUndefined();
  });
});
