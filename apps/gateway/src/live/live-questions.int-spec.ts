import fc from 'fast-check';
import type { LiveState } from '@analytics/dto';
import { eventually, freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { prepareDatabase } from '@analytics/timescale';
import { addressesOf, EventStore, RunningGateway } from '../gateway.fixture.js';
import { LiveWatch } from './live-watch.fixture.js';
import { eventsOf, randomEvents, randomQuestions, routeOf, type AskedQuestion } from './random-questions.fixture.js';

const SEED = 20_260_131;
const QUESTIONS = 200;
const QUESTIONS_A_CLIENT = 50;
const DISCONNECTS = 100;

/** The answer without what moves with the clock. */
const still = ({ asOf, completeThrough, inFlight, query, ...data }: Record<string, unknown>): object => {
  void [asOf, completeThrough, inFlight];
  const { from, to, compare, ...asked } = query as Record<string, unknown>;
  void [from, to, compare];
  return { ...data, query: asked };
};

// Each of the 200 is asked twice at least, of one database.
jest.setTimeout(180_000);

describe('live questions', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;
  let restarted: RunningGateway;

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo']);
    gateway = await RunningGateway.start(addressesOf(database, redisUrl));
    restarted = await RunningGateway.start(addressesOf(database, redisUrl));
  });
  afterAll(async () => {
    await gateway?.close();
    await restarted?.close();
    await store?.close();
    await database?.drop();
  });
  afterEach(() => gateway.disconnectClients());

  /** Stores events as they come, late ones among them, and tells of them. */
  const storeRounds = async (rounds: number, seed: number): Promise<void> => {
    for (const made of fc.sample(randomEvents, { numRuns: rounds, seed })) {
      const events = eventsOf(made);
      await store.store(events);
      await store.tell(events);
    }
  };

  it('200 random ones are what REST answers once it is quiet, after events came in, late ones among them', async () => {
    const questions = fc.sample(randomQuestions(Date.now()), { numRuns: QUESTIONS, seed: SEED });
    const watches: { asked: AskedQuestion; watch: LiveWatch<'totals'> }[] = [];
    await storeRounds(20, SEED);
    for (let first = 0; first < QUESTIONS; first += QUESTIONS_A_CLIENT) {
      const client = await gateway.connect();
      const opened = questions.slice(first, first + QUESTIONS_A_CLIENT).map(async (asked, index) => {
        watches.push({ asked, watch: await LiveWatch.open(client, asked.question as 'totals', asked.params, { id: String(index) }) });
      });
      await Promise.all(opened);
    }
    await storeRounds(25, SEED + 1);
    for (const { asked, watch } of watches)
      await eventually(async () => {
        const rest = await gateway.answer<Record<string, unknown>>(routeOf(asked));
        expect({ asked, ...still({ ...watch.answer }) }).toEqual({ asked, ...still(rest) });
      });
    expect(watches.map(({ watch }) => watch.gaps)).toEqual(watches.map(() => 0));
    expect(watches.filter(({ watch }) => watch.frames.length > 0).length).toBeGreaterThan(QUESTIONS / 2);
  });

  it('go on over 100 broken lines without a gap and without a step applied twice', async () => {
    const questions: AskedQuestion[] = [
      { question: 'timeseries', params: { metrics: 'events,users', period: '1h', granularity: '1m' } },
      { question: 'breakdown', params: { metrics: 'events', by: 'page_path,user', period: '36h' } },
      { question: 'events', params: { period: '3d', limit: 20 } },
      { question: 'totals', params: { metrics: 'events,sessions', period: '36h' } },
    ];
    /** What the server's states were, as somebody saw them whose line never broke. */
    const truth = new Map<string, string>();
    const seen: { name: string; state: LiveState }[] = [];
    const steady = await gateway.connect();
    const broken = await Promise.all(
      questions.map(async ({ question, params }, index) => {
        const onState = (state: LiveState): void => void truth.set(`${state.stream} ${state.number}`, JSON.stringify(sorted(state.answer)));
        await LiveWatch.open(steady, question as 'totals', params, { id: String(index), onState });
        const own = (state: LiveState): number => seen.push({ name: question, state });
        const client = await gateway.connect();
        return { client, watch: await LiveWatch.open(client, question as 'totals', params, { onState: own }), until: 0 };
      }),
    );
    const lengths = fc.sample(fc.nat(3), { numRuns: DISCONNECTS, seed: SEED });
    let disconnects = 0;
    for (let seed = SEED; disconnects < DISCONNECTS || broken.some(({ client }) => !client.connected); seed++) {
      await storeRounds(1, seed);
      for (const each of broken) {
        if (each.client.connected && disconnects < DISCONNECTS) {
          each.client.disconnect();
          each.until = seed + lengths[disconnects++]!;
        } else if (!each.client.connected && seed >= each.until) {
          each.client = await gateway.connect();
          await each.watch.resume(each.client);
        }
      }
    }
    await eventually(() => {
      const known = seen.map(({ name, state }) => ({ name, number: state.number, answer: truth.get(`${state.stream} ${state.number}`) }));
      const own = seen.map(({ name, state }) => ({ name, number: state.number, answer: JSON.stringify(sorted(state.answer)) }));
      expect(own).toEqual(known);
    });
    for (const { watch } of broken) {
      expect(watch.gaps).toBe(0);
      expect(watch.replies.slice(1).every((reply) => reply === 'patch')).toBe(true);
    }
    for (const { question } of questions) {
      const numbers = seen.filter(({ name }) => name === question).map(({ state }) => state.number);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    }
  });

  it('begin anew with a snapshot where the stream is not known, as after a restart', async () => {
    const watch = await LiveWatch.open(await gateway.connect(), 'totals', { period: '1h' });
    const { stream } = watch.state!;
    await watch.resume(await restarted.connect());
    expect(watch.replies).toEqual(['snapshot', 'snapshot']);
    expect(watch.state!.stream).not.toBe(stream);
    expect(watch.gaps).toBe(0);
  });
});

/** Rows and fields have no order of their own in JSON. */
const sorted = (answer: object): [string, unknown][] => Object.entries(answer).sort(([a], [b]) => (a < b ? -1 : 1));
