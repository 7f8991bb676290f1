import { COMMIT_CHANNEL, commitNoticeSchema } from '@analytics/events';
import { NoticeSubscriber, type RedisTarget } from '@analytics/redis-streams';

/** So many events may wait for their commit at a time, some 10 MB; further ones are not waited for. */
const MAX_WAITING_EVENTS = 10_000;

/** Where an accepted event stands in the stream. */
export interface StreamPlace {
  partition: number;
  entryId: string;
}

/**
 * Hears from the consumers how far each partition is committed. It connects when it is first needed.
 * A notice that is lost is made up for by the next one of the partition; without one the time-out ends the wait.
 */
export class CommitWatcher {
  private readonly notices: NoticeSubscriber;
  private readonly watches = new Set<CommitWatch>();
  private listening?: Promise<unknown>;
  private waiting = 0;
  private closed = false;

  /** @param timeoutMs how long a wait lasts at most, ms. */
  constructor(
    target: RedisTarget,
    private readonly timeoutMs: number,
  ) {
    this.notices = new NoticeSubscriber(target);
  }

  /**
   * Watches on behalf of `events` events. To be called before they are published, so that no notice is missed; `end` must follow.
   * @returns undefined when too many wait already, or after `close`.
   */
  async watch(events: number): Promise<CommitWatch | undefined> {
    if (this.closed || this.waiting + events > MAX_WAITING_EVENTS) return undefined;
    this.waiting += events;
    const watch = new CommitWatch(this.timeoutMs, () => {
      if (this.watches.delete(watch)) this.waiting -= events;
    });
    this.watches.add(watch);
    this.listening ??= this.notices.subscribe(
      COMMIT_CHANNEL,
      (json) => commitNoticeSchema.parse(json),
      ({ partition, lastId }) => this.watches.forEach((each) => each.heard(partition, lastId)),
    );
    await this.listening;
    return watch;
  }

  /** Ends all waits at once. */
  close(): Promise<void> {
    this.closed = true;
    this.watches.forEach((watch) => watch.end());
    return this.notices.close();
  }
}

/** What one request hears from its beginning on. Earlier notices prove nothing: a Redis that lost its data may give old ids again. */
export class CommitWatch {
  private readonly committed = new Map<number, string>();
  private ended = false;
  private awaited: readonly StreamPlace[] = [];
  private finish?: () => void;

  constructor(
    private readonly timeoutMs: number,
    private readonly release: () => void,
  ) {}

  /** Whether the transaction that holds the entry is known to be committed. */
  isCommitted({ partition, entryId }: StreamPlace): boolean {
    const lastId = this.committed.get(partition);
    return lastId !== undefined && isAtOrBelow(entryId, lastId);
  }

  /** Resolves when all are committed, after the time-out, or with `end`. */
  async settled(places: readonly StreamPlace[]): Promise<void> {
    this.awaited = lastOfEach(places);
    if (this.done) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.timeoutMs);
      this.finish = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  heard(partition: number, lastId: string): void {
    // The replay of a dead letter tells of a change below every entry.
    if (isAtOrBelow(this.committed.get(partition) ?? lastId, lastId)) this.committed.set(partition, lastId);
    if (this.done) this.finish?.();
  }

  end(): void {
    this.ended = true;
    this.finish?.();
    this.release();
  }

  private get done(): boolean {
    return this.ended || this.awaited.every((place) => this.isCommitted(place));
  }
}

/** A partition commits in order, so its last entry stands for all. */
function lastOfEach(places: readonly StreamPlace[]): StreamPlace[] {
  const last = new Map<number, StreamPlace>();
  for (const place of places) {
    const known = last.get(place.partition);
    if (!known || isAtOrBelow(known.entryId, place.entryId)) last.set(place.partition, place);
  }
  return [...last.values()];
}

/** Order of two entry ids, `<ms>-<sequence>`. */
function isAtOrBelow(id: string, other: string): boolean {
  const [time = 0, sequence = 0] = id.split('-').map(Number);
  const [otherTime = 0, otherSequence = 0] = other.split('-').map(Number);
  return time < otherTime || (time === otherTime && sequence <= otherSequence);
}
