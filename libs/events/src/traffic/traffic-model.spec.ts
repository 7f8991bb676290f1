import { dayCurveFactor, expectedAnswers, parseClientEvent, TrafficModel, type SimulatedEvent, type TrafficOptions } from '../index.js';

const NOON = Date.UTC(2026, 0, 31, 12);
const HOUR = 3_600_000;
const model = (options: Partial<TrafficOptions> = {}): TrafficModel => new TrafficModel({ seed: 42, startAt: NOON, ...options });
const timeOf = (event: SimulatedEvent): number => Date.parse(event.timestamp);

/** Fails outside of four standard deviations of a Poisson count: by chance once in 15,000 seeds, and the seeds here are fixed. */
function expectPoisson(count: number, mean: number): void {
  expect(Math.abs(count - mean) / Math.sqrt(mean)).toBeLessThan(4);
}

describe('sameness', () => {
  it('gives byte-identical events for the same seed, start and calls', () => {
    const run = (): string => {
      const traffic = model({ burst: { everyMs: 20_000, durationMs: 5_000 } });
      const first = traffic.advanceTo(NOON + 30_000);
      traffic.setRate(60);
      traffic.triggerBurst();
      return JSON.stringify([first, traffic.advanceTo(NOON + 60_000)]);
    };
    expect(run()).toBe(run());
  });

  it('gives other events, ids and sessions for another seed and for another start', () => {
    const idsOf = (traffic: TrafficModel): unknown[] => {
      const events = traffic.advanceTo(traffic.state.now + 30_000);
      return events.flatMap((event) => [event.event_id, event.properties.session_id ?? event.event_id]);
    };
    const [one, other, later] = [model(), model({ seed: 43 }), model({ startAt: NOON + 1 })].map((each) => new Set(idsOf(each)));
    expect([...other, ...later].filter((id) => one.has(id))).toEqual([]);
  });

  it('does not depend on how the time is cut into steps', () => {
    const options = { burst: { everyMs: 90_000, durationMs: 7_000 } };
    const [whole, cut] = [model(options), model(options)];
    const events: SimulatedEvent[] = [];
    for (let at = NOON; at < NOON + 200_000; at += 37) events.push(...cut.advanceTo(Math.min(at + 37, NOON + 200_000)));
    expect(events).toEqual(whole.advanceTo(NOON + 200_000));
  });
});

describe('time', () => {
  it('gives the events of (previous, until] in order', () => {
    const traffic = model({ eventsPerSecond: 500 });
    traffic.advanceTo(NOON + 1000);
    const times = traffic.advanceTo(NOON + 3000).map(timeOf);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThan(NOON + 1000);
    expect(times.at(-1)).toBeLessThanOrEqual(NOON + 3000);
  });

  it('gives nothing for a time that has passed, and does not go back', () => {
    const traffic = model();
    traffic.advanceTo(NOON + 10_000);
    expect(traffic.advanceTo(NOON + 5000)).toEqual([]);
    expect(traffic.state.now).toBe(NOON + 10_000);
  });

  it('writes timestamps as Date does, and ids of version 7 that carry the same millisecond', () => {
    for (const { event_id: id, timestamp } of model().advanceTo(NOON + 60_000)) {
      expect(new Date(timestamp).toISOString()).toBe(timestamp);
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(Date.parse(timestamp));
    }
  });
});

describe('rates', () => {
  it('gives 28 events a second by default, without the day curve', () => {
    expectPoisson(model({ dayCurve: false }).advanceTo(NOON + HOUR).length, 28 * 3600);
  });

  it('arrives like a Poisson process: the variance of the count per second is its mean', () => {
    const counts = new Float64Array(2000);
    for (const event of model({ dayCurve: false }).advanceTo(NOON + 2_000_000)) counts[Math.ceil((timeOf(event) - NOON) / 1000) - 1]++;
    const mean = counts.reduce((sum, count) => sum + count) / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
    // The ratio's standard deviation is sqrt(2 / 2000) = 0.032.
    expect(Math.abs(variance / mean - 1)).toBeLessThan(4 * 0.032);
  });

  it('follows a smooth day curve whose mean over 24 h is 1', () => {
    const minutes = Array.from({ length: 1440 }, (_, minute) => dayCurveFactor(NOON + minute * 60_000));
    expect(minutes.reduce((sum, factor) => sum + factor) / 1440).toBeCloseTo(1, 9);
    expect(Math.max(...minutes.map((factor, minute) => Math.abs(factor - minutes[(minute + 1) % 1440])))).toBeLessThan(0.01);
    expect(Math.max(...minutes) / Math.min(...minutes)).toBeGreaterThan(2);
    const events = model({ eventsPerSecond: 1 }).advanceTo(NOON + 24 * HOUR);
    expectPoisson(events.length, 86_400);
    const atFour = events.filter((event) => new Date(event.timestamp).getUTCHours() === 4).length;
    expectPoisson(atFour, 60 * minutes.slice(16 * 60, 17 * 60).reduce((sum, factor) => sum + factor));
  });

  it('multiplies the rate by 10 for 30 s every 5 minutes', () => {
    const events = model({ dayCurve: false, burst: {} }).advanceTo(NOON + HOUR);
    const inBurst = events.filter((event) => timeOf(event) - NOON > 300_000 && (timeOf(event) - NOON - 1) % 300_000 < 30_000).length;
    expectPoisson(inBurst, 11 * 30 * 280);
    expectPoisson(events.length - inBurst, (3600 - 330) * 28);
  });

  it('takes a new rate from the next moment on, and pauses at 0', () => {
    const traffic = model({ dayCurve: false });
    traffic.advanceTo(NOON + 60_000);
    traffic.setRate(0);
    expect(traffic.advanceTo(NOON + 120_000)).toEqual([]);
    traffic.setRate(200);
    expectPoisson(traffic.advanceTo(NOON + 180_000).length, 200 * 60);
  });

  it('bursts once when told to, and says so', () => {
    const traffic = model({ dayCurve: false });
    traffic.triggerBurst(NOON + 60_000, 20_000);
    expectPoisson(traffic.advanceTo(NOON + 60_000).length, 28 * 60);
    expect(traffic.state).toMatchObject({ bursting: true, currentRate: 280, eventsPerSecond: 28, burst: undefined });
    expectPoisson(traffic.advanceTo(NOON + 80_000).length, 280 * 20);
    expect(traffic.state).toMatchObject({ bursting: false, currentRate: 28, now: NOON + 80_000 });
  });

  it('begins and ends recurring bursts while it runs', () => {
    const traffic = model({ dayCurve: false });
    traffic.advanceTo(NOON + 1000);
    traffic.setBurst({ multiplier: 4, everyMs: 10_000, durationMs: 2_000 });
    traffic.advanceTo(NOON + 11_500);
    expect(traffic.state).toMatchObject({ bursting: true, currentRate: 112 });
    traffic.setBurst(undefined);
    expect(traffic.state).toMatchObject({ bursting: false, burst: undefined });
  });

  it.each([
    ['eventsPerSecond', { eventsPerSecond: -1 }],
    ['eventsPerSecond', { eventsPerSecond: NaN }],
    ['users', { users: 0 }],
    ['startAt', { startAt: 1.5 }],
    ['burst.multiplier', { burst: { multiplier: 0 } }],
    ['burst.durationMs', { burst: { everyMs: 10, durationMs: 20 } }],
  ])('refuses a wrong %s by name', (name, options) => {
    expect(() => model(options)).toThrow(new RegExp(`^${name} is`));
  });
});

describe('the people', () => {
  const SEEDS = [1, 2, 3, 'spring', 42];

  it.each(SEEDS)('makes only events that validation accepts, with unique ids (seed %s)', (seed) => {
    const events = model({ seed, eventsPerSecond: 200 }).advanceTo(NOON + 25_000);
    const refused = events.flatMap(({ context, ...event }) => {
      const result = parseClientEvent(event);
      return result.ok && context.browser ? [] : [result];
    });
    expect(refused).toEqual([]);
    expect(new Set(events.map((event) => event.event_id)).size).toBe(events.length);
  });

  it.each([28, 100_000])('keeps the mix 70 : 15 : 10 : 5 within one point over 100,000 events (%s events/s)', (eventsPerSecond) => {
    const traffic = model({ eventsPerSecond, seed: 7 });
    const events: SimulatedEvent[] = [];
    while (events.length < 100_000) events.push(...traffic.advanceTo(traffic.state.now + 1000));
    const { byType, users } = expectedAnswers(events.slice(0, 100_000));
    const share = (type: string): number => (byType.get(type) ?? 0) / 1000;
    expect(Math.abs(share('page_view') - 70)).toBeLessThan(1);
    expect(Math.abs(share('button_click') - 15)).toBeLessThan(1);
    expect(Math.abs(share('api_call') - 10)).toBeLessThan(1);
    expect(Math.abs(share('error') - 5)).toBeLessThan(1);
    expect(users).toBe(100);
  });

  it('walks from page to page: the referrer of a later view of a session is the page before', () => {
    const last = new Map<unknown, unknown>();
    const strays: unknown[] = [];
    let followed = 0;
    for (const { event_type: type, properties } of model({ seed: 3 }).advanceTo(NOON + 600_000)) {
      if (type === 'page_view') {
        if (last.has(properties.session_id)) {
          followed++;
          if (properties.referrer !== last.get(properties.session_id)) strays.push(properties);
        }
        last.set(properties.session_id, properties.page_url);
      } else if (type === 'button_click' && properties.page_url !== last.get(properties.session_id)) strays.push(properties);
    }
    expect(strays).toEqual([]);
    expect(followed).toBeGreaterThan(5000);
  });

  it('gives each session to one user, and each user one browser', () => {
    const owners = new Map<unknown, string>();
    const contexts = new Map<string, unknown>();
    const strays: unknown[] = [];
    for (const event of model().advanceTo(NOON + 600_000)) {
      const session = event.properties.session_id;
      if (session !== undefined && !owners.has(session)) owners.set(session, event.user_id);
      if (session !== undefined && owners.get(session) !== event.user_id) strays.push(event);
      if (!contexts.has(event.user_id)) contexts.set(event.user_id, event.context);
      if (event.context !== contexts.get(event.user_id)) strays.push(event);
    }
    expect(strays).toEqual([]);
  });

  it('takes log-normal times: about 50 to 2000 ms, skewed to the right', () => {
    const events = model({ eventsPerSecond: 1000 }).advanceTo(NOON + 60_000);
    const times = events.filter((event) => event.event_type === 'api_call').map((event) => Number(event.properties.duration_ms));
    times.sort((a, b) => a - b);
    const median = times[times.length >> 1];
    const mean = times.reduce((sum, time) => sum + time) / times.length;
    expect(times.filter((time) => time >= 50 && time <= 2000).length / times.length).toBeGreaterThan(0.98);
    expect(mean).toBeGreaterThan(median * 1.1);
  });

  it("has calls that fail, on the client's side and on the server's", () => {
    const classes = new Set(
      model({ eventsPerSecond: 1000 })
        .advanceTo(NOON + 20_000)
        .filter((event) => event.event_type === 'api_call')
        .map((event) => Math.floor(Number(event.properties.status_code) / 100)),
    );
    expect([...classes].sort()).toEqual([2, 4, 5]);
  });

  it('clusters errors: at times one page has far more than its share', () => {
    const perMinute = new Map<string, { views: number; errors: number }>();
    for (const { event_type: type, properties, timestamp } of model({ eventsPerSecond: 100, dayCurve: false }).advanceTo(NOON + HOUR)) {
      const key = `${timestamp.slice(0, 16)} ${properties.page_url as string}`;
      const cell = perMinute.get(key) ?? { views: 0, errors: 0 };
      if (type === 'page_view') cell.views++;
      if (type === 'error') cell.errors++;
      perMinute.set(key, cell);
    }
    const rates = [...perMinute.values()].filter(({ views }) => views >= 50).map(({ views, errors }) => errors / views);
    rates.sort((a, b) => a - b);
    expect(rates[rates.length >> 1]).toBeLessThan(0.12);
    expect(rates.filter((rate) => rate > 0.3).length).toBeGreaterThan(2);
  });

  it('serves one user as well as many', () => {
    const one = expectedAnswers(model({ users: 1 }).advanceTo(NOON + 10_000));
    expect([one.users, one.total > 100]).toEqual([1, true]);
    expect(expectedAnswers(model({ users: 3000, eventsPerSecond: 5000 }).advanceTo(NOON + 20_000)).users).toBeGreaterThan(1500);
  });
});
