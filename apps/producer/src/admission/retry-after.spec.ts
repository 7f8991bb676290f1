import { retryAfterSeconds } from './retry-after.js';

describe('the time after which a refused sender comes back', () => {
  it('grows with the distance from the mark, within 1 to 30 s', () => {
    expect([-5, 0, 8, 20, 1e6].map((wanted) => retryAfterSeconds(wanted, 1))).toEqual([2, 2, 8, 20, 30]);
    expect([-5, 0, 8, 20, 1e6].map((wanted) => retryAfterSeconds(wanted, 0))).toEqual([1, 1, 4, 10, 15]);
  });

  it('differs from sender to sender', () => {
    const seconds = Array.from({ length: 200 }, () => retryAfterSeconds(30));
    expect(new Set(seconds).size).toBeGreaterThan(5);
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(15);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(30);
  });
});
