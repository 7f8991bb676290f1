import { parseIngestedEvent, type IngestedEvent } from '@analytics/events';
import type { DeadLetter, StreamPosition } from '@analytics/timescale';

export interface ParsedBatch {
  events: IngestedEvent[];
  /** Index of each of `events` among the items. */
  itemOf: number[];
  deadLetters: DeadLetter[];
  /** Per item of the batch: why it is dead, or undefined. */
  reasons: (string | undefined)[];
}

/**
 * Validates a batch again: the stream is an edge, anyone with Redis can write to it.
 * What is not an event becomes a dead letter with its reason; it never stops the others.
 */
export function parseBatch(items: readonly unknown[], positionOf: (item: number) => StreamPosition): ParsedBatch {
  const batch: ParsedBatch = { events: [], itemOf: [], deadLetters: [], reasons: [] };
  items.forEach((item, index) => {
    const parsed = parseIngestedEvent(item);
    if (parsed.ok) {
      batch.events.push(parsed.event);
      batch.itemOf.push(index);
      batch.reasons.push(undefined);
      return;
    }
    const reason = parsed.issues.map(({ path, message }) => `${path}: ${message}`).join('; ');
    batch.deadLetters.push({ ...positionOf(index), ...identityOf(item), reason, payload: Buffer.from(JSON.stringify(item) ?? 'null') });
    batch.reasons.push(reason);
  });
  return batch;
}

/** What can be told of a broken event, so that it can be found: only well-formed values. */
function identityOf(item: unknown): Pick<DeadLetter, 'projectId' | 'eventId'> {
  const { project_id: projectId, event_id: eventId } = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>;
  return {
    ...(typeof projectId === 'string' && /^[a-z][a-z0-9-]{0,62}$/.test(projectId) ? { projectId } : {}),
    ...(typeof eventId === 'string' && /^[\w-]{1,64}$/.test(eventId) ? { eventId } : {}),
  };
}
