import { freshnessOf, STALE_AFTER_MS, type FreshnessInput } from './freshness.js';

const NOW = Date.UTC(2026, 0, 31, 12);
const healthy: FreshnessInput = { now: NOW, pausedAt: null, connectedAt: NOW - 60_000, lastPulseAt: NOW - 400, failingSince: null };

describe('freshnessOf', () => {
  it('is live while the line is up, pulses come and nothing fails', () => {
    expect(freshnessOf(healthy)).toEqual({ state: 'live', since: null });
  });

  it('is live right after the connection is made, before the first pulse is due', () => {
    expect(freshnessOf({ ...healthy, connectedAt: NOW - 500, lastPulseAt: null }).state).toBe('live');
  });

  it('is reconnecting without a connection, and says how far the screen is right', () => {
    expect(freshnessOf({ ...healthy, connectedAt: null })).toEqual({ state: 'reconnecting', since: NOW - 400 });
    expect(freshnessOf({ ...healthy, connectedAt: null, lastPulseAt: null })).toEqual({ state: 'reconnecting', since: null });
  });

  it('is stale since the last pulse once none came for three seconds', () => {
    const lastPulseAt = NOW - STALE_AFTER_MS;
    expect(freshnessOf({ ...healthy, lastPulseAt })).toEqual({ state: 'stale', since: lastPulseAt });
    expect(freshnessOf({ ...healthy, lastPulseAt: lastPulseAt + 1 }).state).toBe('live');
  });

  it('is stale when a connection never pulsed', () => {
    const connectedAt = NOW - STALE_AFTER_MS;
    expect(freshnessOf({ ...healthy, connectedAt, lastPulseAt: null })).toEqual({ state: 'stale', since: connectedAt });
  });

  it('forgives old pulses after a reconnect until a new one is due', () => {
    expect(freshnessOf({ ...healthy, connectedAt: NOW - 1000, lastPulseAt: NOW - 30_000 }).state).toBe('live');
  });

  it('never calls a failed fetch live, however well the line is', () => {
    expect(freshnessOf({ ...healthy, failingSince: NOW - 9000 })).toEqual({ state: 'stale', since: NOW - 9000 });
  });

  it("says paused whatever else is wrong: that is the reader's own doing", () => {
    expect(freshnessOf({ ...healthy, pausedAt: NOW - 10, connectedAt: null, failingSince: NOW })).toEqual({
      state: 'paused',
      since: NOW - 10,
    });
  });
});
