import { KnownEvents } from '../known-events.js';
import { MatrixSystem } from './matrix.fixture.js';

describe('when a producer fails,', () => {
  let matrix: MatrixSystem;
  beforeAll(async () => {
    matrix = await MatrixSystem.start({ consumers: 1 });
  });
  afterAll(() => matrix.stop());

  it('#6 killed -9 again and again under load: what it acknowledged is stored, and what is sent again is stored once', async () => {
    const { producer } = matrix.system;
    await matrix.underLoad(async () => {
      for (let time = 0; time < 3; time++) {
        await matrix.moreAcknowledged(500);
        await producer.kill();
        await producer.ready();
      }
    });
    expect(await matrix.faults()).toEqual([]);
  });

  it.each([
    ['between the two packs of a request', 'mid-pack', 700, 500],
    ['after a pack was appended and before it could say so', 'after-xadd', 300, 300],
  ])('#6 killed -9 %s: each pack is absent or whole', async (_when, point, sent, stored) => {
    const { producer, database } = matrix.system;
    await producer.killAndStart({ FAILPOINT: point });
    await producer.ready();
    const known = new KnownEvents();
    // One user's events go to one partition, in packs of up to 500.
    const { status } = await matrix.newSender(known).sendOnce(sent, 'one_user');
    expect(status).toBe('unanswered');
    await producer.ready();
    expect(await matrix.faults()).toEqual([]);
    const { rows } = await database.query<{ n: number }>(`SELECT count(*) AS n FROM events WHERE properties ->> 'run' = $1`, [known.run]);
    expect(rows).toEqual([{ n: stored }]);
  });

  it('#7 the answer to its append is lost: it appends again, and the second copy is counted as a duplicate', async () => {
    const { producerRedis } = matrix.system.relays;
    await matrix.underLoad(async () => {
      for (let time = 0; time < 5; time++) {
        await producerRedis.loseAnswerTo('analytics_events:{').happened;
        await matrix.moreAcknowledged(100);
      }
    });
    expect(await matrix.faults()).toEqual([]);
    const { rows } = await matrix.system.database.query<{ duplicate: number }>('SELECT sum(duplicate)::int AS duplicate FROM ledger');
    expect(rows[0]!.duplicate).toBeGreaterThan(0);
  });
});
