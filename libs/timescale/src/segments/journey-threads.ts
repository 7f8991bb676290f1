import { Worker } from 'node:worker_threads';
import { JourneyUnansweredError, type Followed } from './follow-segments.js';
import type { JourneyQuestion } from './journey-question.js';

export interface JourneyThreadsOptions {
  /** Questions that are worked on at the same time; others wait. Each has a thread and a connection to itself. Default 2. */
  most?: number;
  /** A question that has no answer after so long is given up, with the time that it waited. Default 10,000 ms. */
  timeoutMs?: number;
  /** Memory that a question may take for what it knows of users or sessions, bytes. Default 512 MB. */
  mostBytes?: number;
}

/** What a thread is started with. */
export interface ThreadData {
  url: string;
  question: JourneyQuestion;
  mostBytes: number;
}

/** What a thread answers; an error loses its code on the way between threads. */
export type ThreadReply = { followed: Followed } | { message: string; code: string | undefined; unanswered: boolean };

/** Follows users and sessions through segments, away from the thread that asks. */
export interface JourneyFollower {
  /**
   * @throws {JourneyUnansweredError} when it takes too long or too much; the message says what to do.
   * @throws the signal's reason, as soon as it is given.
   */
  follow(question: JourneyQuestion, signal?: AbortSignal): Promise<Followed>;
}

// From dist, also when this file itself runs from src below Jest: a thread needs built code.
const SCRIPT = new URL('../../dist/segments/journey.thread.js', import.meta.url);

/** A thread for each question: it ends with the question, or in the middle of it, and the server notices that its connection is gone. */
export class JourneyThreads implements JourneyFollower {
  private readonly most: number;
  private readonly timeoutMs: number;
  private readonly mostBytes: number;
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  /** @param url of the reader's role. */
  constructor(
    private readonly url: string,
    { most = 2, timeoutMs = 10_000, mostBytes = 512 * 2 ** 20 }: JourneyThreadsOptions = {},
  ) {
    this.most = most;
    this.timeoutMs = timeoutMs;
    this.mostBytes = mostBytes;
  }

  async follow(question: JourneyQuestion, signal?: AbortSignal): Promise<Followed> {
    const tooLong = AbortSignal.timeout(this.timeoutMs);
    const ended = signal ? AbortSignal.any([signal, tooLong]) : tooLong;
    try {
      await this.turn(ended);
      try {
        return await this.run(question, ended);
      } finally {
        this.running--;
        this.waiting.shift()?.();
      }
    } catch (error) {
      if (error !== tooLong.reason || !tooLong.aborted) throw error;
      throw new JourneyUnansweredError(`the question took longer than ${this.timeoutMs / 1000} s; ask for a shorter range, or ask again when less is asked`);
    }
  }

  private async turn(ended: AbortSignal): Promise<void> {
    while (this.running >= this.most) {
      await new Promise<void>((resolve, reject) => {
        this.waiting.push(resolve);
        const leave = (): void => {
          this.waiting.splice(this.waiting.indexOf(resolve), 1);
          reject(ended.reason as Error);
        };
        ended.addEventListener('abort', () => this.waiting.includes(resolve) && leave(), { once: true });
      });
    }
    this.running++;
  }

  private async run(question: JourneyQuestion, ended: AbortSignal): Promise<Followed> {
    const workerData: ThreadData = { url: this.url, question, mostBytes: this.mostBytes };
    const thread = new Worker(SCRIPT, { workerData, execArgv: [] });
    try {
      const reply = await new Promise<ThreadReply>((resolve, reject) => {
        thread.once('message', resolve);
        thread.once('error', reject);
        thread.once('exit', (code) => reject(new Error(`the thread of a journey has ended with ${code} and no answer`)));
        ended.addEventListener('abort', () => reject(ended.reason as Error), { once: true });
      });
      if ('followed' in reply) return reply.followed;
      throw reply.unanswered ? new JourneyUnansweredError(reply.message) : Object.assign(new Error(reply.message), { code: reply.code });
    } finally {
      await thread.terminate();
    }
  }
}
