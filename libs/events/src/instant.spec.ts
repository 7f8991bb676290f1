import { instantMs } from './index.js';

describe('instantMs', () => {
  it('says what Date.parse says, whatever came before', () => {
    const texts = [
      ...['2026-01-31T12:00:00.000Z', '2026-01-31T12:00:59.999Z', '2026-01-31T12:00:60.000Z', '2026-01-31T12:00:0a.000Z', '2026-01-31T12:00:00.0b0Z'],
      ...['2026-01-31T12:00:00,000Z', '2026-01-31T12:01:00.000Z', '2026-13-31T12:00:00.000Z', '2026-01-31T12:00:00Z', '2026-01-31T14:00:00.000+02:00'],
      ...['1969-12-31T23:59:59.001Z', '', 'text', '0000-01-01T00:00:00.000Z', '2026-01-31T12:00:07.123456Z', '2026-01-31T12:00:01.23456Z'],
    ];
    for (const before of texts)
      for (const text of texts) {
        instantMs(before);
        expect([before, text, instantMs(text)]).toEqual([before, text, Date.parse(text)]);
      }
  });
});
