import { RollingQuantiles, RollingRate } from './rolling-window.js';

describe('RollingRate', () => {
  it('is the mean over its window, and forgets what is older', () => {
    let now = 1_000_000;
    const rate = new RollingRate(10, () => now);
    for (let second = 0; second < 10; second++) {
      rate.add(50);
      now += 1000;
    }
    now -= 1;
    expect(rate.perSecond).toBeCloseTo(50, 0);
    now += 60_000;
    expect(rate.perSecond).toBe(0);
  });
});

describe('RollingQuantiles', () => {
  it('are within a percent of the values, in ms', () => {
    const quantiles = new RollingQuantiles(60_000, () => 0);
    for (let value = 1; value <= 1000; value++) quantiles.record(value);
    const { p50, p95, p99 } = quantiles.read();
    expect(Math.abs(p50 - 500)).toBeLessThan(5);
    expect(Math.abs(p95 - 950)).toBeLessThan(10);
    expect(Math.abs(p99 - 990)).toBeLessThan(10);
  });

  it('forget after the window, and are 0 when nothing was recorded', () => {
    let now = 0;
    const quantiles = new RollingQuantiles(60_000, () => now);
    quantiles.record(1000);
    now = 45_000;
    expect(quantiles.read().p50).toBeGreaterThan(990);
    now = 120_000;
    expect(quantiles.read()).toEqual({ p50: 0, p95: 0, p99: 0 });
  });
});
