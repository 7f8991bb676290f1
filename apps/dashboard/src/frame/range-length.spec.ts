import { CALENDAR_PERIODS } from '@analytics/dto/language';
import { coversAWeek, fittingWidths, rangeSeconds } from './range-length.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('how long a range is', () => {
  it('offers only widths that the gateway takes', () => {
    expect(fittingWidths({}, NOW)).toEqual(['auto', '1s', '10s', '1m', '5m', '15m', '30m']);
    expect(fittingWidths({ period: 'last_7_days' }, NOW)).toEqual(['auto', '15m', '30m', '1h', '6h', '1d', '1w']);
    expect(fittingWidths({ period: 'last_12_months' }, NOW)).toEqual(['auto', '6h', '1d', '1w', '1mo']);
  });

  it('knows every period of the calendar', () => {
    for (const period of CALENDAR_PERIODS) expect(rangeSeconds({ period }, NOW).most).toBeGreaterThan(0);
  });

  it.each([
    [{}, false],
    [{ period: '36h' }, false],
    [{ period: '7d' }, true],
    [{ period: 'this_week' }, false],
    [{ period: 'last_7_days' }, true],
    [{ period: 'last_30_days' }, true],
    [{ from: '2026-02-22T12:00:00Z' }, true],
    [{ from: '2026-02-22T12:00:00Z', to: '2026-02-28T08:00:00Z' }, false],
  ])('knows whether %j covers a week', (search, covers) => expect(coversAWeek(search, NOW)).toBe(covers));
});
