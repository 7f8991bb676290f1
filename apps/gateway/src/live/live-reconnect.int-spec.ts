import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import type { LiveState } from '@analytics/dto';
import { eventually, freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { prepareDatabase } from '@analytics/timescale';
import { addressesOf, EventStore, RunningGateway } from '../gateway.fixture.js';
import { LiveWatch } from './live-watch.fixture.js';
import { traffic, type AskedQuestion } from './random-questions.fixture.js';

const SEED = 20_260_731;
const DISCONNECTS = 100;
/** Lines are away for 0.1 s to this; see the README. */
const LONGEST_SECONDS = Number(process.env['LIVE_DISCONNECT_SECONDS'] ?? 3);
/** Within this time, at random, every line breaks. */
const BREAKING_SECONDS = LONGEST_SECONDS / 4;
/** One gateway forgets a stream so soon after its last viewer, ms. */
const SHORT_MEMORY = 50;

const QUESTIONS: AskedQuestion[] = [
  { question: 'timeseries', params: { metrics: 'events,users', period: '1h', granularity: '1m' } },
  { question: 'breakdown', params: { metrics: 'events', by: 'page_path,user', period: '36h' } },
  { question: 'events', params: { period: '3d', limit: 20 } },
  { question: 'totals', params: { metrics: 'events,sessions', period: '36h' } },
];

// Of traffic there is as much as absences take.
jest.setTimeout(60_000 + 3_000 * LONGEST_SECONDS);

describe('live questions over broken lines', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;
  let forgetful: RunningGateway;

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo']);
    gateway = await RunningGateway.start(addressesOf(database, redisUrl));
    forgetful = await RunningGateway.start({ ...addressesOf(database, redisUrl), LIVE_KEEP_MS: String(SHORT_MEMORY) });
  });
  afterAll(async () => {
    await gateway?.close();
    await forgetful?.close();
    await store?.close();
    await database?.drop();
  });

  it('go on over 100 of them without a gap and without a step applied twice', async () => {
    /** What the server's states were, as somebody saw them whose line never broke. */
    const truth = new Map<string, string>();
    const steady = await Promise.all(
      QUESTIONS.map(async ({ question, params }) => {
        const onState = (state: LiveState): void => void truth.set(nameOf(state), digest(state));
        return LiveWatch.open(await gateway.connect(), question as 'totals', params, { onState });
      }),
    );
    const times = fc.record({ breaksAfter: seconds(0, BREAKING_SECONDS), away: seconds(0.1, LONGEST_SECONDS) });
    let broken = 0;
    const oneBroken = async ({ breaksAfter, away }: { breaksAfter: number; away: number }, index: number): Promise<Broken> => {
      const { question, params } = QUESTIONS[index % QUESTIONS.length]!;
      const states: { number: number; name: string; digest: string }[] = [];
      const onState = (state: LiveState): void => void states.push({ number: state.number, name: nameOf(state), digest: digest(state) });
      const client = await gateway.connect();
      const watch = await LiveWatch.open(client, question as 'totals', params, { onState });
      // Times of the line, not of the spec: it breaks, and is away.
      await delay(breaksAfter);
      client.disconnect();
      await delay(away);
      await watch.resume(await gateway.connect());
      broken += 1;
      return { watch, states, steady: steady[index % QUESTIONS.length]! };
    };
    const all = Promise.all(fc.sample(times, { numRuns: DISCONNECTS, seed: SEED }).map(oneBroken));
    await traffic(store, { perSecond: 30, seconds: 2 * LONGEST_SECONDS + 60, seed: SEED, enough: () => broken === DISCONNECTS });
    let missedSome = 0;
    for (const { watch, states, steady } of await all) {
      await eventually(() => expect(states.at(-1)!.name).toBe(nameOf(steady.state!)));
      expect(states.map(({ name, digest }) => [name, digest])).toEqual(states.map(({ name }) => [name, truth.get(name)]));
      const numbers = states.map(({ number }) => number);
      if (numbers.some((number, index) => index > 0 && number > numbers[index - 1]! + 1)) missedSome += 1;
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      expect([watch.gaps, watch.replies]).toEqual([0, ['snapshot', 'patch']]);
    }
    expect(missedSome).toBeGreaterThan(DISCONNECTS / 2);
  });

  it('begin anew with a snapshot where the stream is not known, as after a restart', async () => {
    const watch = await LiveWatch.open(await gateway.connect(), 'totals', { period: '1h' });
    const { stream } = watch.state!;
    await watch.resume(await forgetful.connect());
    expect(watch.replies).toEqual(['snapshot', 'snapshot']);
    expect(watch.state!.stream).not.toBe(stream);
    expect(watch.gaps).toBe(0);
  });

  it('begin anew with a snapshot after an absence that outlives the memory of the stream', async () => {
    let client = await forgetful.connect();
    const watch = await LiveWatch.open(client, 'totals', { metrics: 'events', period: '1h', timeZone: 'Asia/Tokyo' });
    const { stream } = watch.state!;
    await eventually(async () => {
      client.disconnect();
      await delay(4 * SHORT_MEMORY);
      await watch.resume((client = await forgetful.connect()));
      expect(watch.state!.stream).not.toBe(stream);
    });
    await traffic(store, { perSecond: 10, seconds: 1, seed: SEED });
    const { totals } = await forgetful.answer<{ totals: unknown }>('totals?metrics=events&period=1h&timeZone=Asia/Tokyo');
    await eventually(() => expect(watch.answer.totals).toEqual(totals));
    expect([watch.gaps, watch.replies.at(-1)]).toEqual([0, 'snapshot']);
  });
});

interface Broken {
  watch: LiveWatch<'totals'>;
  states: { number: number; name: string; digest: string }[];
  steady: LiveWatch<'totals'>;
}

const nameOf = ({ stream, number }: LiveState): string => `${stream} ${number}`;

/** Rows and fields have no order of their own in JSON. */
const digest = ({ answer }: LiveState): string =>
  createHash('sha256').update(JSON.stringify(Object.entries(answer).sort(([a], [b]) => (a < b ? -1 : 1)))).digest('base64url');

/** Milliseconds of some seconds. */
const seconds = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min: Math.round(min * 1000), max: Math.round(max * 1000) });
