import { parseBatch } from './batch.parser.js';

const event = {
  event_id: '0190f3b0-0000-7000-8000-000000000001',
  timestamp: '2026-01-31T12:00:00.000Z',
  event_type: 'signed_up',
  user_id: 'user_001',
  properties: { plan: 'pro' },
  project_id: 'demo',
  received_at: '2026-01-31T12:00:00.010Z',
};
const positionOf = (item: number): { entryId: string; itemIndex: number } => ({ entryId: '5-0', itemIndex: item });

describe('parseBatch', () => {
  it('keeps the right ones in order and buries the wrong ones with path, reason and exactly what came', () => {
    const batch = parseBatch([event, { ...event, user_id: 7 }, 'nonsense', { ...event, user_id: 'user_002' }], positionOf);
    expect(batch.events.map(({ user_id }) => user_id)).toEqual(['user_001', 'user_002']);
    expect(batch.itemOf).toEqual([0, 3]);
    expect(batch.deadLetters).toEqual([
      expect.objectContaining({ entryId: '5-0', itemIndex: 1, projectId: 'demo', eventId: event.event_id, reason: expect.stringContaining('user_id') as string }),
      expect.objectContaining({ entryId: '5-0', itemIndex: 2, payload: Buffer.from('"nonsense"') }),
    ]);
    expect(batch.reasons.map((reason) => reason === undefined)).toEqual([true, false, false, true]);
  });

  it('does not believe an identity that is no identity', () => {
    const [letter] = parseBatch([{ event_id: '<img>', project_id: { toString: 'x' } }], positionOf).deadLetters;
    expect(letter).not.toHaveProperty('eventId');
    expect(letter).not.toHaveProperty('projectId');
  });
});
