import { tallyKeyOf } from '@analytics/events';
import type { DeadLetter, EventBatch, RefusedEvent } from './event-batch.js';

/** What becomes of an item of the batch that cannot be stored. */
export function deadLetterOf({ items, positionOf }: EventBatch, { index, reason }: RefusedEvent): DeadLetter {
  const item = items.at(index);
  if (!('event' in item)) return item;
  const { event } = item;
  return {
    ...positionOf(index),
    projectId: event.project_id,
    eventId: event.event_id,
    tallyKey: tallyKeyOf(event),
    reason,
    payload: Buffer.from(JSON.stringify(event)),
  };
}

/** PostgreSQL has no NUL in text, and what is wrong with a dead letter may be just that. */
const storable = (text: string | undefined): string | null => text?.replaceAll('\0', '\uFFFD') ?? null;

/** The columns of BURY_DEAD_LETTERS after stream and partition. */
export const deadLetterColumns = (dead: readonly DeadLetter[]): unknown[] => [
  dead.map((letter) => storable(letter.entryId)),
  dead.map((letter) => letter.itemIndex),
  dead.map((letter) => storable(letter.projectId)),
  dead.map((letter) => storable(letter.eventId)),
  dead.map((letter) => storable(letter.reason)),
  dead.map((letter) => Buffer.from(letter.payload).toString('base64')),
];
