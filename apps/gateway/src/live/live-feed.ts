import type { Stretch } from '../queries/known-buckets.js';
import { AnswerStream, type CommitNews } from './answer-stream.js';
import type { Change, Clock, LiveQuery, Viewer } from './live-query.js';
import { mergeStretches } from './stretches.js';

export interface LiveFeedOptions {
  clock: Clock;
  /** A key is read at most once in this time, ms. Default 250: four frames a second. */
  minIntervalMs?: number;
  /** So long a stream outlives its last viewer, ms. */
  keepMs: number;
  /** Told when reading begins to fail, and when every key can be read again; once per outage. */
  onOutage?: (error: unknown) => void;
  onRecovery?: () => void;
}

interface Entry {
  readonly query: LiveQuery;
  readonly viewers: Set<Viewer>;
  /** Viewers that came since the last read began and were shown nothing yet. */
  readonly waiting: Set<Viewer>;
  readonly stream: AnswerStream;
  answer?: object | undefined;
  failure?: { error: unknown } | undefined;
  /** Something changed since the last read began; where, and what commit it was. */
  dirty: boolean;
  touched: readonly Stretch[];
  news?: CommitNews | undefined;
  reading: boolean;
  readAt: number;
  /** When the last read of everything began. */
  fullAt: number;
  /** How long the last read took, ms. */
  duration: number;
  /** Earliest start of the next read, ms since 1970. */
  notBefore: number;
  cancelTimer?: (() => void) | undefined;
  /** Nobody looks at it; it is kept for those who come back. */
  cancelForget?: (() => void) | undefined;
}

/** How often keys whose time has come are looked for. */
const TICK_MS = 1_000;
/** Every key is read again after this time without a notice: covers the clock and lost notices. */
const REFRESH_MS = 5_000;
/** After this time everything is read again, not only what is known to have changed: covers lost notices there, and answers about the past. */
const FULL_MS = 30_000;
const RETRY_MS = 1_000;
/** Streams without viewers take at most this many characters together; the oldest go first. */
const MOST_KEPT = 16_000_000;
/** A key rests for at least this many times the duration of its read, so it never takes more than a quarter of one connection. */
const REST_FACTOR = 4;
/** Up to this, in which a panel is still live within a second, it rests longer: what reads cost is taken from what can be stored. */
const EASY_REST_MS = 800;
const EASY_REST_FACTOR = 20;
/** And the more, the more viewers it has: at 10 µs a packet, sending takes a quarter of a percent of a core. */
const EASY_REST_PER_VIEWER_MS = 4;

/**
 * Keeps answers up to date for their viewers, without knowing what the answers are or how they travel.
 *
 * A key is clean, dirty (waiting for its time) or being read; a change makes it dirty, also while it is being read.
 * It is read at once when its last read began long enough ago, else when its time comes: leading and trailing edge.
 */
export class LiveFeed {
  private readonly entries = new Map<string, Entry>();
  private readonly failing = new Set<Entry>();
  /** Those without viewers, oldest first, and their size. */
  private readonly kept = new Map<Entry, number>();
  private readonly clock: Clock;
  private readonly minIntervalMs: number;
  private cancelTick?: () => void;

  constructor(private readonly options: LiveFeedOptions) {
    this.clock = options.clock;
    this.minIntervalMs = options.minIntervalMs ?? 250;
    this.scheduleTick();
  }

  /** Shows the answer to the viewer now (or as soon as it is read) and whenever there is a new state of it. @returns ends it. */
  subscribe(query: LiveQuery, viewer: Viewer): () => void {
    const entry = this.entries.get(query.key) ?? this.open(query);
    const revived = entry.viewers.size === 0 && entry.cancelForget !== undefined;
    entry.viewers.add(viewer);
    if (revived) this.revive(entry);
    if (entry.answer) viewer.show(entry.stream);
    else entry.waiting.add(viewer);
    if (entry.failure) this.tellFailure(entry, viewer);
    return () => this.leave(entry, viewer);
  }

  /** A commit changed something: the keys that may show it are read again. */
  changed(changes: readonly Change[]): void {
    for (const entry of this.entries.values()) {
      const affecting = entry.viewers.size === 0 ? [] : changes.filter((change) => affects(change, entry));
      if (affecting.length === 0) continue;
      entry.touched = mergeStretches([...entry.touched, ...affecting.flatMap(({ stretches }) => stretches)]);
      for (const { news } of affecting) if (news.storedAt >= (entry.news?.storedAt ?? 0)) entry.news = news;
      this.request(entry);
    }
  }

  close(): void {
    this.cancelTick?.();
    for (const entry of this.entries.values()) {
      entry.cancelTimer?.();
      entry.cancelForget?.();
      entry.viewers.clear();
    }
    this.entries.clear();
    this.kept.clear();
  }

  private open(query: LiveQuery): Entry {
    const entry: Entry = {
      query,
      viewers: new Set(),
      waiting: new Set(),
      stream: new AnswerStream(query.rows),
      dirty: false,
      touched: [],
      reading: false,
      readAt: 0,
      fullAt: 0,
      duration: 0,
      notBefore: 0,
    };
    this.entries.set(query.key, entry);
    void this.read(entry);
    return entry;
  }

  private leave(entry: Entry, viewer: Viewer): void {
    entry.viewers.delete(viewer);
    entry.waiting.delete(viewer);
    // While it is being read it stays as it is, so that a viewer who comes back does not start a second read.
    if (entry.viewers.size === 0 && !entry.reading) this.keep(entry);
  }

  /** Is not read any more; but who comes back soon is told only what changed. */
  private keep(entry: Entry): void {
    // The last viewers leave after the feed was closed.
    if (this.entries.get(entry.query.key) !== entry) return;
    entry.cancelTimer?.();
    entry.cancelTimer = undefined;
    this.works(entry);
    if (entry.stream.number === 0) return void this.entries.delete(entry.query.key);
    entry.answer = undefined;
    entry.cancelForget = this.clock.after(this.options.keepMs, () => this.forget(entry));
    this.kept.set(entry, entry.stream.size);
    let size = [...this.kept.values()].reduce((sum, each) => sum + each, 0);
    for (const [oldest, its] of this.kept) {
      if (size <= MOST_KEPT) break;
      size -= its;
      this.forget(oldest);
    }
  }

  private revive(entry: Entry): void {
    entry.cancelForget?.();
    entry.cancelForget = undefined;
    this.kept.delete(entry);
    // It may be resting still; but somebody waits for it.
    entry.notBefore = 0;
    this.request(entry);
  }

  private forget(entry: Entry): void {
    entry.cancelForget?.();
    this.kept.delete(entry);
    this.entries.delete(entry.query.key);
  }

  private request(entry: Entry): void {
    entry.dirty = true;
    if (entry.reading || entry.cancelTimer) return;
    const wait = entry.notBefore - this.clock.now();
    if (wait <= 0) void this.read(entry);
    else
      entry.cancelTimer = this.clock.after(wait, () => {
        entry.cancelTimer = undefined;
        void this.read(entry);
      });
  }

  private async read(entry: Entry): Promise<void> {
    const { touched, news, answer: before } = entry;
    [entry.dirty, entry.touched, entry.news] = [false, [], undefined];
    [entry.reading, entry.readAt] = [true, this.clock.now()];
    const full = !before || entry.readAt - entry.fullAt >= FULL_MS;
    if (full) entry.fullAt = entry.readAt;
    let settle: () => void;
    try {
      const answer = await entry.query.read(full ? undefined : { answer: before, touched });
      settle = () => this.publish(entry, answer, news);
    } catch (error) {
      // What was to be read is read with the whole next time.
      settle = () => this.fail(entry, error, news);
    }
    entry.reading = false;
    this.rest(entry);
    if (entry.viewers.size === 0) return this.keep(entry);
    settle();
    if (entry.dirty && entry.viewers.size > 0) this.request(entry);
  }

  private rest(entry: Entry): void {
    const duration = this.clock.now() - entry.readAt;
    const least = entry.query.minIntervalMs ?? this.minIntervalMs;
    entry.duration = duration;
    const easy = Math.min(EASY_REST_MS, Math.max(EASY_REST_FACTOR * duration, EASY_REST_PER_VIEWER_MS * entry.viewers.size));
    entry.notBefore = entry.readAt + Math.max(least, REST_FACTOR * duration, easy);
  }

  private publish(entry: Entry, answer: object, news: CommitNews | undefined): void {
    const recovered = entry.failure !== undefined;
    this.works(entry);
    entry.answer = answer;
    const advanced = entry.stream.advance(answer, this.clock.now(), { news, anyway: recovered });
    const shown = advanced ? [...entry.viewers] : [...entry.waiting];
    entry.waiting.clear();
    for (const viewer of shown) viewer.show(entry.stream);
  }

  private fail(entry: Entry, error: unknown, news: CommitNews | undefined): void {
    const known = entry.failure !== undefined;
    entry.failure = { error };
    entry.fullAt = 0;
    entry.news ??= news;
    entry.dirty = true;
    entry.notBefore = Math.max(entry.notBefore, this.clock.now() + RETRY_MS);
    if (this.failing.size === 0) this.options.onOutage?.(error);
    this.failing.add(entry);
    for (const viewer of known ? [...entry.waiting] : [...entry.viewers]) this.tellFailure(entry, viewer);
  }

  private tellFailure(entry: Entry, viewer: Viewer): void {
    entry.waiting.delete(viewer);
    viewer.fail(entry.failure!.error);
  }

  private works(entry: Entry): void {
    entry.failure = undefined;
    if (this.failing.delete(entry) && this.failing.size === 0) this.options.onRecovery?.();
  }

  private scheduleTick(): void {
    this.cancelTick = this.clock.after(TICK_MS, () => {
      const now = this.clock.now();
      for (const entry of this.entries.values()) if (entry.viewers.size > 0 && isDue(entry, now)) this.request(entry);
      this.scheduleTick();
    });
  }
}

function affects(change: Change, { query, answer }: Entry): boolean {
  if (change.projectId !== query.projectId) return false;
  if (query.eventType !== undefined && !change.eventTypes.includes(query.eventType)) return false;
  return !answer || !query.covers || change.stretches.some((stretch) => query.covers!(answer, stretch));
}

function isDue({ query, readAt, duration, answer }: Entry, now: number): boolean {
  const past = answer && query.covers && !query.covers(answer, [now, now + 1]);
  const refreshMs = past ? FULL_MS : Math.max(REFRESH_MS, query.minIntervalMs ?? 0, EASY_REST_FACTOR * duration);
  if (now - readAt >= refreshMs) return true;
  return query.boundaryMs !== undefined && !past && Math.floor(now / query.boundaryMs) !== Math.floor(readAt / query.boundaryMs);
}
