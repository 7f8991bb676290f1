/** A question that viewers want to be kept up to date. Equal keys mean equal questions, whose answer is read once for all. */
export interface LiveQuery {
  key: string;
  /** For metrics. */
  name: string;
  /** Only commits of this project matter; without it none does, and the answer follows the clock alone. */
  projectId?: string;
  /** Only commits with events of this type matter. */
  eventType?: string;
  /** The answer changes by itself whenever the clock passes a multiple of this, ms. */
  boundaryMs?: number;
  read(): Promise<object>;
}

/** Somebody who looks at the answer. `show` gets the first answer and every one that differs from the one before. */
export interface Viewer {
  show(answer: object): void;
  /** The answer could not be read; it is tried again. Told once, until `show` follows. */
  fail(error: unknown): void;
}

/** What a commit changed in one project. */
export interface Change {
  projectId: string;
  eventTypes: readonly string[];
}

/** Time, given from outside so that specs decide it. */
export interface Clock {
  /** ms since 1970. */
  now(): number;
  /** Calls back once after `ms`. @returns cancels it. */
  after(ms: number, callback: () => void): () => void;
}

export interface LiveFeedOptions {
  clock: Clock;
  /** A key is read at most once in this time, ms. Default 250: four pushes a second. */
  minIntervalMs?: number;
  /** Told when reading begins to fail, and when every key can be read again; once per outage. */
  onOutage?: (error: unknown) => void;
  onRecovery?: () => void;
}

interface Entry {
  readonly query: LiveQuery;
  readonly viewers: Set<Viewer>;
  answer?: object;
  /** The answer as text without `asOf`, which is the only part that may change without being news. */
  fingerprint?: string;
  failure?: { error: unknown };
  /** Something changed since the last read began. */
  dirty: boolean;
  reading: boolean;
  readAt: number;
  /** Earliest start of the next read, ms since 1970. */
  notBefore: number;
  cancelTimer?: () => void;
}

/** How often keys whose time has come are looked for. */
const TICK_MS = 1_000;
/** Every key is read again after this time without a notice: covers the clock and lost notices. */
const REFRESH_MS = 5_000;
const RETRY_MS = 1_000;
/** A key rests for at least this many times the duration of its read, so it never takes more than a quarter of one connection. */
const REST_FACTOR = 4;
/** Up to this, in which a panel is still live within a second, it rests longer: what reads cost is taken from what can be stored. */
const EASY_REST_MS = 800;
const EASY_REST_FACTOR = 20;

/**
 * Keeps answers up to date for their viewers, without knowing what the answers are or how they travel.
 *
 * A key is clean, dirty (waiting for its time) or being read; a change makes it dirty, also while it is being read.
 * It is read at once when its last read began long enough ago, else when its time comes: leading and trailing edge.
 */
export class LiveFeed {
  private readonly entries = new Map<string, Entry>();
  private readonly failing = new Set<Entry>();
  private readonly clock: Clock;
  private readonly minIntervalMs: number;
  private cancelTick?: () => void;

  constructor(private readonly options: LiveFeedOptions) {
    this.clock = options.clock;
    this.minIntervalMs = options.minIntervalMs ?? 250;
    this.scheduleTick();
  }

  /** Shows the answer to the viewer now (or as soon as it is read) and whenever it changes. @returns ends it. */
  subscribe(query: LiveQuery, viewer: Viewer): () => void {
    const entry = this.entries.get(query.key) ?? this.open(query);
    entry.viewers.add(viewer);
    if (entry.answer) viewer.show(entry.answer);
    if (entry.failure) viewer.fail(entry.failure.error);
    return () => this.leave(entry, viewer);
  }

  private open(query: LiveQuery): Entry {
    const entry: Entry = { query, viewers: new Set(), dirty: false, reading: false, readAt: 0, notBefore: 0 };
    this.entries.set(query.key, entry);
    void this.read(entry);
    return entry;
  }

  /** A commit changed something: the keys that may show it are read again. */
  changed(changes: readonly Change[]): void {
    for (const entry of this.entries.values()) if (changes.some((change) => affects(change, entry.query))) this.request(entry);
  }

  close(): void {
    this.cancelTick?.();
    for (const entry of this.entries.values()) {
      entry.cancelTimer?.();
      entry.viewers.clear();
    }
    this.entries.clear();
  }

  private leave(entry: Entry, viewer: Viewer): void {
    entry.viewers.delete(viewer);
    // While it is being read it stays known, so that a viewer who comes back does not start a second read.
    if (entry.viewers.size === 0 && !entry.reading) this.forget(entry);
  }

  private forget(entry: Entry): void {
    entry.cancelTimer?.();
    this.entries.delete(entry.query.key);
    this.works(entry);
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
    entry.dirty = false;
    entry.reading = true;
    entry.readAt = this.clock.now();
    let settle: () => void;
    try {
      const answer = await entry.query.read();
      settle = () => this.publish(entry, answer);
    } catch (error) {
      settle = () => this.fail(entry, error);
    }
    entry.reading = false;
    const duration = this.clock.now() - entry.readAt;
    entry.notBefore = entry.readAt + Math.max(this.minIntervalMs, REST_FACTOR * duration, Math.min(EASY_REST_MS, EASY_REST_FACTOR * duration));
    if (entry.viewers.size === 0) return this.forget(entry);
    settle();
    if (entry.dirty && entry.viewers.size > 0) this.request(entry);
  }

  private publish(entry: Entry, answer: object): void {
    const recovered = entry.failure !== undefined;
    this.works(entry);
    const fingerprint = JSON.stringify({ ...answer, asOf: undefined });
    if (fingerprint === entry.fingerprint && !recovered) return;
    entry.answer = answer;
    entry.fingerprint = fingerprint;
    for (const viewer of entry.viewers) viewer.show(answer);
  }

  private fail(entry: Entry, error: unknown): void {
    const known = entry.failure !== undefined;
    entry.failure = { error };
    entry.dirty = true;
    entry.notBefore = Math.max(entry.notBefore, this.clock.now() + RETRY_MS);
    if (this.failing.size === 0) this.options.onOutage?.(error);
    this.failing.add(entry);
    if (!known) for (const viewer of entry.viewers) viewer.fail(error);
  }

  private works(entry: Entry): void {
    entry.failure = undefined;
    if (this.failing.delete(entry) && this.failing.size === 0) this.options.onRecovery?.();
  }

  private scheduleTick(): void {
    this.cancelTick = this.clock.after(TICK_MS, () => {
      const now = this.clock.now();
      for (const entry of this.entries.values()) if (isDue(entry, now)) this.request(entry);
      this.scheduleTick();
    });
  }
}

const affects = (change: Change, { projectId, eventType }: LiveQuery): boolean =>
  change.projectId === projectId && (eventType === undefined || change.eventTypes.includes(eventType));

function isDue({ query: { boundaryMs }, readAt }: Entry, now: number): boolean {
  if (now - readAt >= REFRESH_MS) return true;
  return boundaryMs !== undefined && Math.floor(now / boundaryMs) !== Math.floor(readAt / boundaryMs);
}
