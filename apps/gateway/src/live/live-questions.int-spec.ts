import fc from 'fast-check';
import { eventually, freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { prepareDatabase } from '@analytics/timescale';
import { addressesOf, EventStore, RunningGateway } from '../gateway.fixture.js';
import { LiveWatch } from './live-watch.fixture.js';
import { randomQuestions, routeOf, traffic, type AskedQuestion } from './random-questions.fixture.js';

const SEED = 20_260_131;
const QUESTIONS = 200;
const QUESTIONS_A_CLIENT = 50;
/** Ten times the usual traffic, and for how long. */
const BURST = { perSecond: 280, seconds: 15 };

/** The answer without what moves with the clock. */
const still = ({ asOf, completeThrough, inFlight, query, ...data }: Record<string, unknown>): object => {
  void [asOf, completeThrough, inFlight];
  const { from, to, compare, ...asked } = query as Record<string, unknown>;
  void [from, to, compare];
  return { ...data, query: asked };
};

// The burst takes its time, and each of the 200 is asked twice at least, of one database.
jest.setTimeout(180_000);

describe('live questions', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo']);
    gateway = await RunningGateway.start(addressesOf(database, redisUrl));
  });
  afterAll(async () => {
    await gateway?.close();
    await store?.close();
    await database?.drop();
  });

  it('200 random ones are what REST answers once it is quiet, after ten times the usual traffic, late events among it', async () => {
    const questions = fc.sample(randomQuestions(Date.now()), { numRuns: QUESTIONS, seed: SEED });
    const watches: { asked: AskedQuestion; watch: LiveWatch<'totals'> }[] = [];
    await traffic(store, { perSecond: 100, seconds: 1, seed: SEED });
    for (let first = 0; first < QUESTIONS; first += QUESTIONS_A_CLIENT) {
      const client = await gateway.connect();
      const opened = questions.slice(first, first + QUESTIONS_A_CLIENT).map(async (asked, index) => {
        watches.push({ asked, watch: await LiveWatch.open(client, asked.question as 'totals', asked.params, { id: String(index) }) });
      });
      await Promise.all(opened);
    }
    await traffic(store, { ...BURST, seed: SEED + 1000 });
    expect(watches.filter(({ watch }) => watch.frames.length > 0).length).toBeGreaterThan(QUESTIONS / 2);
    for (const { asked, watch } of watches)
      await eventually(async () => {
        const rest = await gateway.answer<Record<string, unknown>>(routeOf(asked));
        expect({ asked, ...still({ ...watch.answer }) }).toEqual({ asked, ...still(rest) });
      });
    expect(watches.map(({ watch }) => watch.gaps)).toEqual(watches.map(() => 0));
  });
});
