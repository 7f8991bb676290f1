import { instantMs, tallyKeyOf, type IngestedEvent } from '@analytics/events';
import type { BatchItems, ProjectChange, RefusedEvent } from './event-batch.js';
import type { ColumnDeriver, DerivedColumns } from './event-columns.js';
import type { EventRowEncoder } from './event-row.encoder.js';
import type { PreparedEvent } from './events-copy.js';
import { LedgerTally } from './ledger-rows.js';
import { RollupAggregator } from './rollup-aggregator.js';

/** What is to be written of the events of a batch: counts, whatever the way of the rows themselves. */
export class EventCounts {
  readonly rollups = new RollupAggregator();
  readonly ledger = new LedgerTally();
  events = 0;

  add(event: Omit<IngestedEvent, 'event_id' | 'timestamp'>, columns: DerivedColumns): void {
    this.events++;
    this.rollups.add(event, columns);
    this.ledger.add(tallyKeyOf(event), 'stored');
  }
}

/** The events of a batch, ready to be copied. */
export interface EventRows {
  /** Valid until the encoder starts anew. */
  bytes: Buffer;
  counts: EventCounts;
  /** Items that are no events, and events that no row can be made of. */
  refused: RefusedEvent[];
  changes: ProjectChange[];
}

/**
 * Encodes and counts the events of a batch, one after the other, and keeps none of them: what lives no longer than a moment costs the
 * garbage collector nothing, and thousands of parsed events that wait for a COMMIT cost it most of its time.
 */
export function encodeRows(items: BatchItems, deriver: ColumnDeriver, encoder: EventRowEncoder): EventRows {
  const counts = new EventCounts();
  const refused: RefusedEvent[] = [];
  encoder.start();
  for (let index = 0; index < items.length; index++) {
    const scanned = items.scan?.(index);
    if (scanned) {
      const columns = deriver.derive(scanned.event, scanned.timeMs);
      encoder.appendScanned(scanned, columns);
      counts.add(scanned.event, columns);
      continue;
    }
    const item = items.at(index);
    if (!('event' in item)) {
      refused.push({ index, reason: item.reason });
      continue;
    }
    const columns = deriver.derive(item.event, instantMs(item.event.timestamp));
    const reason = encoder.append(item.event, columns, item.propertiesText);
    if (reason === undefined) counts.add(item.event, columns);
    else refused.push({ index, reason });
  }
  return { bytes: encoder.finish(), counts, refused, changes: counts.rollups.changes() };
}

/** The events of a batch, to be handled one by one. */
export function prepareEvents(items: BatchItems, deriver: ColumnDeriver): { events: PreparedEvent[]; refused: RefusedEvent[] } {
  const events: PreparedEvent[] = [];
  const refused: RefusedEvent[] = [];
  for (let index = 0; index < items.length; index++) {
    const item = items.at(index);
    if ('event' in item) events.push({ index, event: item.event, columns: deriver.derive(item.event, instantMs(item.event.timestamp)) });
    else refused.push({ index, reason: item.reason });
  }
  return { events, refused };
}
