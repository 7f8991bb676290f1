import type { SnapshotFrame } from '@analytics/dto';
import type { Known, Stretch } from '../queries/known-buckets.js';
import type { AnswerStream } from './answer-stream.js';
import type { Change, Clock, LiveQuery, Viewer } from './live-query.js';

/** Time that passes only when it is told to. */
export class ManualClock implements Clock {
  private time = 1_000_000;
  private timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.time + ms, callback };
    this.timers.push(timer);
    return () => (this.timers = this.timers.filter((other) => other !== timer));
  }

  /** Lets time pass, timer by timer, and what they start settle. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    await settle();
    for (let next = this.nextUntil(end); next; next = this.nextUntil(end)) {
      this.timers = this.timers.filter((timer) => timer !== next);
      this.time = next.at;
      next.callback();
      await settle();
    }
    this.time = end;
  }

  private nextUntil(end: number) {
    return this.timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}

export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
};

/** A question whose answer counts the reads; a read may be held open to see what happens meanwhile. */
export class CountingQuery implements LiveQuery {
  readonly name = 'count';
  readonly rows = {};
  /** What each read was told of the answer before. */
  readonly known: (Known | undefined)[] = [];
  covers?: (answer: object, stretch: Stretch) => boolean;
  reads = 0;
  running = 0;
  mostAtOnce = 0;
  error?: Error;
  answer?: object;
  private hold?: Promise<void>;
  finish: () => void = () => undefined;

  constructor(
    readonly key = 'count demo',
    readonly projectId = 'demo',
    readonly eventType?: string,
    readonly boundaryMs?: number,
  ) {}

  holdNext(): void {
    this.hold = new Promise((resolve) => (this.finish = resolve));
  }

  async read(known: Known | undefined): Promise<object> {
    this.known.push(known);
    const number = ++this.reads;
    this.running++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
    const hold = this.hold;
    this.hold = undefined;
    await hold;
    this.running--;
    if (this.error) throw this.error;
    return this.answer ?? { reads: number };
  }
}

export class Screen implements Viewer {
  readonly shown: object[] = [];
  readonly streams: string[] = [];
  readonly failures: unknown[] = [];
  show = (stream: AnswerStream): void => {
    this.streams.push(stream.name);
    this.shown.push((stream.frameObject('a', undefined) as SnapshotFrame).snapshot);
  };
  fail = (error: unknown): void => void this.failures.push(error);
}

/** A commit of events of these types, of now. */
export const commit = (projectId = 'demo', ...eventTypes: string[]): Change[] => [
  { projectId, eventTypes, stretches: [[0, 60_000]], news: { storedAt: 0, createdAt: null } },
];
