import type { ConsumerStatus, ProducerStatus, StageStatus } from '@analytics/events';
import { Injectable } from '@nestjs/common';

/** Every process reports once a second; after this silence it no longer counts as reporting. */
const STALE_AFTER_MS = 5_000;
/** After this silence it is no longer shown: it was stopped, or started anew under another name. */
const FORGOTTEN_AFTER_MS = 60_000;
/** A partition's new owner has counted what is in flight after this time. */
const COUNTED_AFTER_MS = 3_000;
/** Between its receipt and its entry in the stream an event waits no longer: PUBLISH_TIMEOUT_MS of the producer is at most a minute. */
const APPENDED_WITHIN_MS = 60_000;
/** A report may be so old when it is heard. */
const REPORTED_WITHIN_MS = 1_000;
/** A consumer counts the events in flight in so many entries of a partition at most. */
const ENTRIES_COUNTED = 2_000;

export type Reported<T extends StageStatus> = T & { reporting: boolean };

/** What is on its way through the stream. */
export interface InFlight {
  /** Events, as far as they are known. */
  inFlight: number;
  /** Whether all are known: each partition has a consumer that reports and has counted them. */
  complete: boolean;
  /** No event that was accepted before this is in flight, ms since 1970; -Infinity when that is not known. */
  oldest: number;
  /** What was appended to the stream before this is stored, ms since 1970; -Infinity when that is not known. */
  storedThrough: number;
  /** Since and until when each partition had the same reporting consumer without a break, ms since 1970; undefined: never. */
  known: { since: number; until: number } | undefined;
}

interface Ownership {
  process: string;
  since: number;
  heardAt: number;
}

/** The last word of every producer and consumer process. Silence is measured by this process's clock, so skewed clocks do not matter. */
@Injectable()
export class StageStatuses {
  private readonly heard = new Map<string, { status: StageStatus; at: number }>();
  private readonly owners = new Map<number, Ownership>();

  observe(status: StageStatus, now: number = Date.now()): void {
    this.heard.set(`${status.stage} ${status.instance}`, { status, at: now });
    if (status.stage === 'stream-consumer') this.observeOwner(status, now);
    for (const [name, { at }] of this.heard) if (now - at > FORGOTTEN_AFTER_MS) this.heard.delete(name);
  }

  producers(now: number = Date.now()): Reported<ProducerStatus>[] {
    return this.known(now).filter((status): status is Reported<ProducerStatus> => status.stage === 'producer');
  }

  consumers(now: number = Date.now()): Reported<ConsumerStatus>[] {
    return this.known(now).filter((status): status is Reported<ConsumerStatus> => status.stage === 'stream-consumer');
  }

  /** The project's events that are in the stream and not yet stored, from the last words of the consumers that report. */
  inFlight(project: string, now: number = Date.now()): InFlight {
    const consumers = this.consumers(now).filter(({ reporting }) => reporting);
    const inFlight = consumers.reduce((sum, each) => sum + (Object.hasOwn(each.inFlight, project) ? each.inFlight[project]! : 0), 0);
    const named = new Set(consumers.flatMap(({ partitions }) => partitions.map(({ partition }) => partition)));
    const partitions = [...(named.size > 0 ? named : this.owners.keys())];
    const owners = partitions.map((partition) => this.owners.get(partition));
    if (owners.length === 0 || !owners.every((owner) => owner !== undefined)) {
      return { inFlight, complete: false, oldest: -Infinity, storedThrough: -Infinity, known: undefined };
    }
    const claims = consumers.flatMap(ownedBy);
    const claimed = new Set(claims.map(({ partition }) => partition));
    const owned = partitions.every((partition) => claimed.has(partition));
    const since = Math.max(...owners.map((owner) => owner.since));
    const until = owned ? now : Math.min(...owners.map((owner) => owner.heardAt));
    const counted = owned && now - since >= COUNTED_AFTER_MS;
    const lag = Math.max(...claims.map(({ timeLagMs }) => timeLagMs));
    const storedThrough = claims.map(({ partition, timeLagMs }) => this.owners.get(partition)!.heardAt - timeLagMs - REPORTED_WITHIN_MS);
    return {
      inFlight,
      complete: counted && claims.every(({ entryLag }) => entryLag <= ENTRIES_COUNTED),
      oldest: counted ? now - STALE_AFTER_MS - lag - APPENDED_WITHIN_MS : -Infinity,
      storedThrough: counted ? Math.min(...storedThrough) : -Infinity,
      known: { since, until },
    };
  }

  private observeOwner(status: ConsumerStatus, now: number): void {
    const process = `${status.instance} ${status.startedAt}`;
    for (const { partition } of ownedBy(status)) {
      const before = this.owners.get(partition);
      const goesOn = before?.process === process && now - before.heardAt <= STALE_AFTER_MS;
      this.owners.set(partition, { process, since: goesOn ? before.since : now, heardAt: now });
    }
  }

  private known(now: number): Reported<StageStatus>[] {
    return [...this.heard.values()]
      .filter(({ at }) => now - at <= FORGOTTEN_AFTER_MS)
      .map(({ status, at }) => ({ ...status, reporting: now - at <= STALE_AFTER_MS }))
      .sort((a, b) => (a.instance < b.instance ? -1 : 1));
  }
}

/** Every consumer reports every partition; those that it waits for belong to another. */
export const ownedBy = ({ partitions }: ConsumerStatus): ConsumerStatus['partitions'] =>
  partitions.filter(({ state }) => state !== 'acquiring' && state !== 'closed');
