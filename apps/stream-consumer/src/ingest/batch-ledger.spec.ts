import type { IngestedEvent } from '@analytics/events';
import type { BatchEntry } from '@analytics/redis-streams';
import { duplicateTally, withTallyKeys } from './batch-ledger.js';

const entry = (id: string, offset: number, count: number, tally: [string, number][], duplicate = false): BatchEntry => ({
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

const event = (project: string): IngestedEvent => ({
  event_id: '0190f3b0-0000-7000-8000-000000000001',
  timestamp: '2026-01-31T12:00:00.000Z',
  event_type: 'signed_up',
  user_id: 'u',
  properties: {},
  project_id: project,
  received_at: '1970-01-01T00:10:30.000Z',
});

describe('the ledger keys of a batch', () => {
  it('give a broken event the key that its own pack has left over, pack by pack', () => {
    const entries = [
      entry('1-0', 0, 3, [['demo|10', 2], ['self|10', 1]]),
      entry('2-0', 3, 1, [['shop|11', 1]]),
    ];
    const letter = (entryId: string, itemIndex: number) => ({ entryId, itemIndex, reason: 'r', payload: Buffer.from('') });
    const batch = {
      events: [event('demo'), event('demo')],
      itemOf: [0, 2],
      deadLetters: [letter('1-0', 1), letter('2-0', 0)],
      reasons: [undefined, 'r', undefined, 'r'],
    };
    expect(withTallyKeys(batch, entries).map(({ tallyKey }) => tallyKey)).toEqual(['self|10', 'shop|11']);
  });

  it('leave what nobody had counted without a key', () => {
    const letter = { entryId: '1-0', itemIndex: 0, reason: 'r', payload: Buffer.from('') };
    expect(withTallyKeys({ events: [], itemOf: [], deadLetters: [letter], reasons: ['r'] }, [entry('1-0', 0, 1, [])])).toEqual([letter]);
  });

  it('sum the packs that came twice, and only those', () => {
    const entries = [entry('1-0', 0, 2, [['demo|10', 2]]), entry('2-0', 2, 0, [['demo|10', 2]], true), entry('3-0', 2, 0, [['demo|10', 1]], true)];
    expect([...duplicateTally(entries)]).toEqual([['demo|10', 3]]);
  });
});
