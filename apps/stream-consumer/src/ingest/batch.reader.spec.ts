import type { BatchEntry } from '@analytics/redis-streams';
import { BatchReader, duplicateTally } from './batch.reader.js';

const event = {
  event_id: '0190f3b0-0000-7000-8000-000000000001',
  timestamp: '2026-01-31T12:00:00.000Z',
  event_type: 'signed_up',
  user_id: 'user_001',
  project_id: 'demo',
  received_at: '1970-01-01T00:10:30.000Z',
  properties: { plan: 'pro' },
};
const entry = (id: string, offset: number, count: number, tally: [string, number][] = [], duplicate = false): BatchEntry => ({
  id,
  producer: 'p',
  sequence: 1,
  count,
  cumulative: count,
  handedOverAt: 0,
  offset,
  tally: new Map(tally),
  duplicate,
});
const readAll = (values: unknown[], entries: BatchEntry[] = [entry('5-0', 0, values.length)]) => {
  const reader = new BatchReader(values.map((value) => (value === undefined ? 'no JSON' : JSON.stringify(value))), entries);
  return values.map((_, index) => reader.at(index));
};

describe('the reader of a batch', () => {
  it('gives the right ones as events and the wrong ones with path, reason and exactly what came', () => {
    expect(readAll([event, { ...event, user_id: 7 }, 'nonsense', undefined, { ...event, user_id: 'user_002' }])).toEqual([
      expect.objectContaining({ event }),
      expect.objectContaining({ entryId: '5-0', itemIndex: 1, projectId: 'demo', eventId: event.event_id, reason: expect.stringContaining('user_id') as string }),
      expect.objectContaining({ itemIndex: 2, payload: Buffer.from('"nonsense"') }),
      expect.objectContaining({ itemIndex: 3, payload: Buffer.from('no JSON'), reason: expect.stringContaining('not valid JSON') as string }),
      expect.objectContaining({ event: { ...event, user_id: 'user_002' } }),
    ]);
  });

  it('does not believe an identity that is no identity', () => {
    const [letter] = readAll([{ event_id: '<img>', project_id: { toString: 'x' } }]);
    expect(letter).not.toHaveProperty('eventId');
    expect(letter).not.toHaveProperty('projectId');
  });

  it('gives a broken event the ledger key that its own pack has left over, pack by pack', () => {
    const letters = readAll(
      [event, 'broken', event, 'broken'],
      [
        entry('1-0', 0, 3, [['demo|10', 2], ['self|10', 1]]),
        entry('2-0', 3, 1, [['shop|11', 1]]),
      ],
    );
    expect(letters).toMatchObject([{ event }, { entryId: '1-0', itemIndex: 1, tallyKey: 'self|10' }, { event }, { entryId: '2-0', itemIndex: 0, tallyKey: 'shop|11' }]);
  });

  it('leaves what nobody had counted without a key', () => {
    expect(readAll(['broken'])[0]).not.toHaveProperty('tallyKey');
  });
});

describe('the duplicates of a batch', () => {
  it('are the packs that came twice, and only those', () => {
    const entries = [entry('1-0', 0, 2, [['demo|10', 2]]), entry('2-0', 2, 0, [['demo|10', 2]], true), entry('3-0', 2, 0, [['demo|10', 1]], true)];
    expect([...duplicateTally(entries)]).toEqual([['demo|10', 3]]);
  });
});
