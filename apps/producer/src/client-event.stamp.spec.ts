import { v4 as uuidv4, v7 as uuidv7 } from 'uuid';
import { stampClientEvent } from './client-event.stamp.js';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const DAY_MS = 86_400_000;

const stampAt = (now: number, given: { event_id?: string; timestamp?: string }) => {
  const stamped = stampClientEvent(
    { event_type: 'signed_up', user_id: 'ada', properties: {}, ...given },
    { project_id: 'shop' },
    { now, retentionDays: 90 },
  );
  if (!stamped.ok) throw new Error(stamped.issues[0]?.message);
  return stamped.event;
};
const idOf = (msecs: number): string => uuidv7({ msecs });
const iso = (ms: number): string => new Date(ms).toISOString();

describe('an event without a timestamp', () => {
  it.each([
    ['a moment ago', NOW - 1500],
    ['89 days ago', NOW - 89 * DAY_MS],
    ['by a clock that is half a minute ahead', NOW + 30_000],
  ])('happened when its id was made: %s', (_, time) => {
    const event = stampAt(NOW, { event_id: idOf(time) });
    expect(event).toMatchObject({ timestamp: iso(time), received_at: iso(NOW) });
    expect(event).not.toHaveProperty('clock_adjusted');
  });

  it('has the same time when it is sent again later under the same id', () => {
    const event_id = idOf(NOW).toUpperCase();
    const again = [NOW + 20, NOW + 3_600_000, NOW + 80 * DAY_MS].map((now) => stampAt(now, { event_id }));
    expect(again.map(({ timestamp }) => timestamp)).toEqual([iso(NOW), iso(NOW), iso(NOW)]);
  });

  it.each([
    ['has no id', undefined],
    ['has an id without a time', uuidv4()],
    ['has an id of 91 days ago', idOf(NOW - 91 * DAY_MS)],
    ['has an id of the year 10889', 'ffffffff-ffff-7fff-bfff-ffffffffffff'],
    ['has an id of two minutes ahead', idOf(NOW + 120_000)],
  ])('happened when it was received if it %s', (_, event_id) =>
    expect(stampAt(NOW, { event_id })).toMatchObject({ timestamp: iso(NOW), received_at: iso(NOW) }),
  );
});

it('a timestamp wins over the time of the id', () => {
  const timestamp = iso(NOW - 5000);
  expect(stampAt(NOW, { event_id: idOf(NOW), timestamp })).toMatchObject({ timestamp });
});
