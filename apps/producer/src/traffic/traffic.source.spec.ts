import { DEFAULT_BURST, parseIngestedEvent, type IngestedEvent } from '@analytics/events';
import { Logger } from '@nestjs/common';
import { trafficChangeSchema, type TrafficChange } from './traffic-change.schema.js';
import { TrafficSource, type TrafficSourceOptions } from './traffic.source.js';

const START = Date.parse('2026-03-01T12:00:00.000Z');

/** A traffic source whose time and publisher are in the hands of the test. */
class Stage {
  time = START;
  admitted = true;
  storingMs = 0;
  readonly published: IngestedEvent[][] = [];
  private readonly answers: (() => void)[] = [];
  readonly source: TrafficSource;

  constructor(
    options: Partial<TrafficSourceOptions> = {},
    private readonly redisAnswers = true,
  ) {
    const isAdmitted = (): boolean => this.admitted;
    const storingMs = (): number => this.storingMs;
    const publisher = {
      get admits() {
        return isAdmitted();
      },
      get storingMs() {
        return storingMs();
      },
      publishAll: async (_: string, events: IngestedEvent[]): Promise<number> => {
        this.published.push(events);
        if (!this.redisAnswers) await new Promise<void>((resolve) => this.answers.push(resolve));
        return events.length;
      },
      sourceStatus: (name: string, state: string) => ({ name, acceptedTotal: this.count, rate: 0, state }),
    };
    const rates = { eventsPerSecond: 100, burst: DEFAULT_BURST, dayCurve: false };
    const defaults = { project: 'demo', seed: '7', paused: false, retentionDays: 90, ...rates };
    this.source = new TrafficSource(publisher, { ...defaults, ...options }, () => this.time);
  }

  get events(): IngestedEvent[] {
    return this.published.flat();
  }

  get count(): number {
    return this.events.length;
  }

  /** Lets time pass in steps, with a tick after each. */
  pass(ms: number, stepMs = 20): this {
    for (const end = this.time + ms; this.time < end; ) {
      this.time += stepMs;
      this.source.tick();
    }
    return this;
  }

  /** How many events the passing of time brought. */
  during(ms: number): number {
    const before = this.count;
    this.pass(ms);
    return this.count - before;
  }

  change(change: TrafficChange) {
    return this.source.change(trafficChangeSchema.parse(change));
  }

  async redisAnswersAll(): Promise<void> {
    for (const answer of this.answers.splice(0)) answer();
    await new Promise(setImmediate);
  }
}

function expectBetween(value: number, least: number, most: number): void {
  expect(value).toBeGreaterThanOrEqual(least);
  expect(value).toBeLessThanOrEqual(most);
}

beforeAll(() => Logger.overrideLogger(false));

describe('a past that is asked for', () => {
  const DAY_MS = 86_400_000;

  it('is made up without gaps, whatever Redis has to wait for, and goes on with the present', async () => {
    const stage = new Stage({ historyDays: 2, eventsPerSecond: 1, burst: { ...DEFAULT_BURST, multiplier: 1 } }, false);
    while (stage.source.describe().behind_ms > 0) {
      stage.pass(20);
      await stage.redisAnswersAll();
    }
    expect(stage.time - START).toBeLessThan(60_000);
    const hours = new Set(stage.events.map(({ timestamp }) => Math.floor((Date.parse(timestamp) - START) / 3_600_000)));
    expect(Array.from({ length: 48 }, (_, hour) => hour - 48).filter((hour) => !hours.has(hour))).toEqual([]);
    expectBetween(stage.count, 2 * 86_400 - 4 * 416, 2 * 86_400 + 4 * 416);
    expect(Date.parse(stage.events[0]!.timestamp)).toBeGreaterThanOrEqual(START - 2 * DAY_MS);

    const before = stage.count;
    stage.pass(3_600_000, 1_800_000);
    expect(stage.count - before).toBeLessThan(10);
  });
});

describe('the synthetic traffic', () => {
  it('gives the same events for the same seed, and others for another', () => {
    const [one, same, other] = [new Stage(), new Stage(), new Stage({ seed: '8' })].map((stage) => stage.pass(2000).events);
    expect(one?.length).toBeGreaterThan(100);
    expect(JSON.stringify(same)).toBe(JSON.stringify(one));
    expect(JSON.stringify(other)).not.toBe(JSON.stringify(one));
  });

  it('makes only events that the consumer takes, of its project, that happen as time passes', () => {
    const { events } = new Stage({ project: 'shop' }).pass(5000);
    expect(events.filter((event) => !parseIngestedEvent(event).ok)).toEqual([]);
    expect(new Set(events.map(({ project_id }) => project_id))).toEqual(new Set(['shop']));
    const delays = events.map(({ timestamp, received_at }) => Date.parse(received_at) - Date.parse(timestamp));
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThanOrEqual(20);
  });

  it('keeps its rate, and follows a change of it at once', () => {
    const stage = new Stage();
    expectBetween(stage.during(10_000), 850, 1150);
    stage.change({ eventsPerSecond: 200 });
    expectBetween(stage.during(6_000), 1080, 1320);
  });

  it('is silent while paused, and does not make up for the pause', () => {
    const stage = new Stage({ paused: true });
    expect(stage.during(60_000)).toBe(0);
    stage.change({ paused: false });
    expect(stage.source.describe()).toMatchObject({ state: 'running', behind_ms: 0 });
    expectBetween(stage.during(1000), 50, 150);
    stage.change({ paused: true });
    expect(stage.during(1000)).toBe(0);
  });

  it('bursts when told to, as strongly and as long as configured', () => {
    const stage = new Stage();
    stage.change({ burst: { multiplier: 5, durationMs: 2000 } });
    stage.change({ burstNow: true });
    expect(stage.source.describe()).toMatchObject({ bursting: true, currentRate: 500, burst: { multiplier: 5, everyMs: 300_000 } });
    expectBetween(stage.during(2000), 850, 1150);
    expectBetween(stage.during(2000), 140, 260);
  });

  it('bursts no more when bursts are ended', () => {
    const stage = new Stage({ burst: { multiplier: 10, everyMs: 1000, durationMs: 1000 } });
    stage.change({ burst: null });
    expect(stage.source.describe().burst).toBeNull();
    expectBetween(stage.during(5000), 400, 600);
  });

  it('refuses bursts that are longer than the time between them, and then changes nothing', () => {
    const stage = new Stage();
    const result = stage.change({ eventsPerSecond: 5, burst: { everyMs: 1000 } });
    expect(result).toEqual({ ok: false, message: 'burst.durationMs is 30000; expected at most burst.everyMs (1000)' });
    expect(stage.source.describe()).toMatchObject({ eventsPerSecond: 100, burst: DEFAULT_BURST });
  });

  it('waits for Redis instead of running ahead of it, says how far it is behind, and catches up', async () => {
    const stage = new Stage({ eventsPerSecond: 1000 }, false);
    stage.pass(10_000);
    expectBetween(stage.count, 6_000, 6_500);
    expect(stage.source.describe()).toMatchObject({ state: 'waiting' });
    expect(stage.source.describe().behind_ms).toBeGreaterThan(3000);
    for (let i = 0; i < 10; i++) {
      await stage.redisAnswersAll();
      stage.pass(100);
    }
    expect(stage.source.describe()).toMatchObject({ state: 'running', behind_ms: 0 });
    expectBetween(stage.count, 10_000, 12_000);
  });

  it('leaves ever fewer unanswered while what is sent waits long to be stored, and never stands still', () => {
    const unanswered = (storingMs: number): number => {
      const stage = new Stage({ eventsPerSecond: 100_000 }, false);
      stage.storingMs = storingMs;
      return stage.pass(1000).count;
    };
    const counts = [0, 500, 1000, 60_000].map(unanswered);
    expect(counts).toEqual([...counts].sort((one, other) => other - one));
    expectBetween(counts[3]!, 600, 1_100);
    expectBetween(counts[1]! - counts[2]!, 2_000, 4_000);
  });

  it('makes no events while none are admitted, says how far it is behind, and then catches up', () => {
    const stage = new Stage();
    stage.admitted = false;
    expect(stage.during(10_000)).toBe(0);
    expect(stage.source.describe()).toMatchObject({ state: 'waiting', behind_ms: 10_000 });
    stage.admitted = true;
    expectBetween(stage.during(1000), 950, 1250);
    expect(stage.source.describe()).toMatchObject({ state: 'running', behind_ms: 0 });
  });

  it('makes up at most a second of a gap at a time', () => {
    const stage = new Stage();
    stage.time += 10_000;
    stage.source.tick();
    expectBetween(stage.count, 60, 140);
    expect(stage.source.describe().behind_ms).toBe(9000);
  });

  it('skips a gap of more than a minute', () => {
    const stage = new Stage();
    stage.time += 3_600_000;
    expect(stage.during(20)).toBeLessThan(20);
    expect(stage.source.describe().behind_ms).toBe(0);
  });

  it('has stopped only when Redis has answered for everything', async () => {
    const stage = new Stage({}, false);
    stage.pass(1000);
    let stopped = false;
    const stopping = stage.source.stop().then(() => (stopped = true));
    await new Promise(setImmediate);
    expect(stopped).toBe(false);
    await stage.redisAnswersAll();
    await stopping;
    expect(stage.during(1000)).toBe(0);
    expect(stage.source.describe().state).toBe('stopped');
  });
});
