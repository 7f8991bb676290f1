import { age, axisCount, change, count, duration, momentOf, percent, rate, shortCount } from './format.js';

describe('numbers for the eye', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1_234_567, '1,234,567'],
    [12_345_678, '12.3M'],
  ])('shortens a count of %d to %s only where it would not fit', (value, text) => expect(shortCount(value)).toBe(text));

  it('writes counts out and axes short', () => {
    expect(count(12_345_678)).toBe('12,345,678');
    expect([2500, 9999, 12_500, 1_200_000].map(axisCount)).toEqual(['2,500', '9,999', '12.5K', '1.2M']);
  });

  it.each([
    [0, '0'],
    [0.044, '0.04'],
    [2.754, '2.75'],
    [27.94, '27.9'],
    [1204.4, '1,204'],
  ])('gives a rate of %d as %s', (value, text) => expect(rate(value)).toBe(text));

  it.each([
    [0, '0 %'],
    [0.0002, '<0.1 %'],
    [0.048, '4.8 %'],
    [0.7, '70 %'],
    [1, '100 %'],
  ])('gives a share of %d as %s', (value, text) => expect(percent(value)).toBe(text));

  it.each([
    [0.0001, '±0 %'],
    [0.096, '+9.6 %'],
    [0.12, '+12 %'],
    [-0.5, '−50 %'],
    [42, '>+999 %'],
  ])('gives a change of %d as %s', (value, text) => expect(change(value)).toBe(text));

  it.each([
    [0, '0 ms'],
    [3.24, '3.2 ms'],
    [840.4, '840 ms'],
    [1240, '1.24 s'],
    [12_400, '12.4 s'],
    [200_000, '3 min'],
  ])('gives a duration of %d ms as %s', (value, text) => expect(duration(value)).toBe(text));

  it.each([
    [0, '<1 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [7_199_999, '1 h'],
    [200_000_000, '2 d'],
  ])('gives an age of %d ms as %s', (value, text) => expect(age(value)).toBe(text));

  it('gives a moment of another day with its date, and of another year with that', () => {
    const at = new Date(2026, 10, 23, 14, 3, 22).getTime();
    expect([momentOf(at, at + 3_600_000), momentOf(at, at + 86_400_000)]).toEqual(['14:03:22', 'Mon 23 Nov 14:03']);
    expect(momentOf(at, new Date(2027, 10, 23).getTime())).toBe('Mon 23 Nov 2026 14:03');
  });
});
