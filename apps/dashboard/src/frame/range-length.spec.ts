import { CALENDAR_PERIODS } from '@analytics/dto/language';
import { coversADay, fittingWidths, rangeSeconds } from './range-length.js';

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
    [{ period: '24h' }, true],
    [{ period: '36h' }, true],
    [{ period: 'today' }, false],
    [{ period: 'last_30_days' }, true],
    [{ from: '2026-02-28T12:00:00Z' }, true],
    [{ from: '2026-02-28T12:00:00Z', to: '2026-03-01T11:59:59Z' }, false],
  ])('knows whether %j covers a day', (search, covers) => expect(coversADay(search, NOW)).toBe(covers));
});
