import { CONSUMER_GROUP, DEFAULT_PARTITIONS, STREAM } from '@analytics/events';
import { eventually } from '@analytics/testing';
import { check } from './checker.js';
import { CountWatcher } from './count-watcher.js';
import { MatrixSystem } from './faults/matrix.fixture.js';
import { untilQuiet } from './settlement.js';

describe('the checker', () => {
  let matrix: MatrixSystem;
  beforeAll(async () => {
    matrix = await MatrixSystem.start({ consumers: 1 });
    await matrix.send(400);
    expect(await matrix.faults()).toEqual([]);
  });
  afterAll(() => matrix.stop());

  const faults = async (): Promise<string[]> => {
    await untilQuiet(matrix.system);
    return (await check(matrix.system, { known: matrix.known })).faults;
  };
  const NUMBER_7 = `properties ->> 'number' = '7'`;
  it.each([
    [
      'an acknowledged event that is not stored',
      'events',
      `DELETE FROM events WHERE ${NUMBER_7}`,
      /acknowledged and not stored: 1 \(numbers 7\)/,
    ],
    [
      'an event that was never sent',
      'events',
      `UPDATE events SET properties = jsonb_set(properties, '{number}', '123456') WHERE ${NUMBER_7}`,
      /stored and never sent: 1 \(numbers 123456\)/,
    ],
    [
      'an event that is stored twice',
      'events',
      `INSERT INTO events SELECT (jsonb_populate_record(e, jsonb_build_object('event_id', gen_random_uuid()))).*
         FROM events e WHERE ${NUMBER_7}`,
      /stored more than once: 1 \(numbers 7\)/,
    ],
    [
      'a rollup that differs from the raw events',
      'event_counts_10s',
      `UPDATE event_counts_10s SET events = events + 1`,
      /rollup rows differ/,
    ],
    ['an account that does not balance', 'ledger', `UPDATE ledger SET stored = stored - 3`, /residue is/],
    [
      'a dead letter that nobody expects',
      'dead_letters',
      `INSERT INTO dead_letters (stream, partition, entry_id, reason, payload) VALUES ('s', 0, '1-0', 'tampered', '')`,
      /1 dead letters, expected 0 to 0.*tampered/,
    ],
  ])('tells of %s', async (_what, table, tampering, fault) => {
    const { database } = matrix.system;
    expect(await faults()).toEqual([]);
    await database.query(`CREATE TABLE kept AS TABLE ${table}`);
    try {
      expect((await database.query(tampering)).rowCount).toBeGreaterThan(0);
      expect(await faults()).toContainEqual(expect.stringMatching(fault));
    } finally {
      await database.query(`DELETE FROM ${table}; INSERT INTO ${table} OVERRIDING SYSTEM VALUE SELECT * FROM kept; DROP TABLE kept`);
    }
  });

  it('tells of a count that fell while it was watched', async () => {
    const { database } = matrix.system;
    const watcher = new CountWatcher(matrix.system);
    const total = 'UPDATE stream_offsets SET events_stored = events_stored';
    try {
      await eventually(() => expect(watcher.samples).toBeGreaterThan(1));
      await database.query(`${total} - 10`);
      await eventually(() => expect(watcher.falls).toContainEqual(expect.stringMatching(/^stored fell from 4\d\d to/)));
    } finally {
      await watcher.stop();
      await database.query(`${total} + 10`);
    }
    expect((await check(matrix.system, { known: matrix.known, watcher })).faults).toEqual(watcher.falls);
  });

  it('tells of an entry that is delivered and not acknowledged, and of one that is not stored', async () => {
    const { system } = matrix;
    await system.consumers[0]!.stop();
    await matrix.send(1);
    for (let partition = 0; partition < DEFAULT_PARTITIONS; partition++)
      await system.redis.xreadgroup('GROUP', CONSUMER_GROUP, 'outsider', 'COUNT', 1, 'STREAMS', `${STREAM}:{${partition}}`, '>');
    const found = (await check(system, { known: matrix.known, ledger: false })).faults;
    expect(found).toContainEqual(expect.stringMatching(/1 entries are pending/));
    expect(found).toContainEqual(expect.stringMatching(/the stream ends at .*, committed is/));
    expect(found).toContainEqual(expect.stringMatching(/acknowledged and not stored/));
    system.consumers[0]!.start();
    await system.consumers[0]!.ready();
    await eventually(async () => expect(await faults()).toEqual([]));
  });
});
