import type { LedgerDto } from '@analytics/dto';
import { tallyKeyOf, type IngestedEvent } from '@analytics/events';
import { eventually, freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { prepareDatabase } from '@analytics/timescale';
import { addressesOf, CONSUMER, EventStore, pageView, RunningGateway } from '../gateway.fixture.js';
import { LiveWatch } from '../live/live-watch.fixture.js';

const MINUTE = 60_000;
/** Residue shows after the counts have been kept for 6 s. */
const LONG = 40_000;
const wholeMinute = (ago: number): Date => new Date((Math.floor(Date.now() / MINUTE) - ago) * MINUTE);

describe('the ledger', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;
  const at = wholeMinute(10).toISOString();
  const eventsOf = (project: string, count: number): IngestedEvent[] =>
    Array.from({ length: count }, () => pageView({ project_id: project, received_at: at, timestamp: at }));
  const keyOf = (project: string): string => tallyKeyOf({ project_id: project, received_at: at });
  const ask = async (query: string): Promise<LedgerDto> => {
    const { status, body } = await gateway.json<LedgerDto>(`/api/v1/ledger?${query}`);
    expect({ query, status }).toEqual({ query, status: 200 });
    return body;
  };
  /** Reports every quarter of a second until the answer is as expected. What is in flight is up to an hour old. */
  const reported = (settled: (ledger: LedgerDto) => void, query: string, inFlight: Record<string, number> = {}): Promise<void> =>
    eventually(
      async () => {
        const partitions = CONSUMER.partitions.map((partition) => ({ ...partition, timeLagMs: 60 * MINUTE }));
        await store.report({ inFlight, partitions });
        settled(await ask(query));
      },
      { intervalMs: 250, timeoutMs: 30_000 },
    );

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['balanced', 'lost', 'doubled', 'flying', 'live']);
    gateway = await RunningGateway.start(addressesOf(database, redisUrl));
  });
  afterAll(async () => {
    await gateway?.close();
    await store?.close();
    await database?.drop();
  });

  it('settles nothing before a consumer has reported', async () => {
    await store.store(eventsOf('doubled', 3));
    await store.accept({ [keyOf('doubled')]: 2 });
    const { settledUntil, truncated, totals } = await ask('project=doubled');
    expect([settledUntil, truncated, totals.residue]).toEqual([null, true, 0]);
  });

  it('tells what became of each accepted event, by its minute, with nothing left over', async () => {
    const events = eventsOf('balanced', 3);
    await store.store(events);
    const letter = { reason: 'not JSON', payload: Buffer.from('{'), projectId: 'balanced', tallyKey: keyOf('balanced') };
    await store.store([events[0]!], [letter, letter]);
    await store.accept({ [keyOf('balanced')]: 6 });
    const counts = { accepted: 6, stored: 3, duplicate: 1, dead: 2, replayed: 0, missing: 0, surplus: 0, residue: 0 };
    await reported((ledger) => {
      expect(ledger.totals).toEqual({ ...counts, inFlight: 0 });
      expect(ledger.minutes).toEqual([{ minute: at, ...counts }]);
      expect(ledger.settledUntil).toBe(ledger.to);
      expect(Date.parse(ledger.to) - Date.parse(ledger.from)).toBeGreaterThanOrEqual(60 * MINUTE);
      expect([Date.parse(ledger.from) % MINUTE, Date.parse(ledger.to) % MINUTE]).toEqual([0, 0]);
    }, 'project=balanced');
  });

  it('takes whole minutes of a range', async () => {
    const inside = `from=${wholeMinute(10).toISOString()}&to=${new Date(wholeMinute(10).getTime() + 1000).toISOString()}`;
    expect((await ask(`project=balanced&${inside}`)).totals.accepted).toBe(6);
    expect((await ask(`project=balanced&last=5m`)).totals.accepted).toBe(0);
  });

  it('shows an event that was stored twice', async () => {
    await reported((ledger) => expect(ledger.totals).toMatchObject({ missing: 0, surplus: 1, residue: 1 }), 'project=doubled&last=2h');
  }, LONG);

  it('shows events that are in no place, as far as they are not in flight', async () => {
    await store.store(eventsOf('lost', 1));
    await store.accept({ [keyOf('lost')]: 4, [keyOf('flying')]: 2 });
    const inFlight = { lost: 1, flying: 2 };
    await reported((ledger) => {
      expect(ledger.totals).toMatchObject({ accepted: 4, inFlight: 1, missing: 2, surplus: 0, residue: 2 });
      expect(ledger.minutes).toEqual([expect.objectContaining({ minute: at, missing: 2 })]);
    }, 'project=lost', inFlight);
    expect((await ask('project=flying')).totals).toMatchObject({ accepted: 2, stored: 0, inFlight: 2, residue: 0 });
  }, LONG);

  it('is pushed when it changes', async () => {
    const client = await gateway.connect();
    const watch = await LiveWatch.open(client, 'ledger', { project: 'live' });
    await store.store(eventsOf('live', 5));
    await eventually(() => expect(watch.answer.totals.stored).toBe(5));
  });
});
