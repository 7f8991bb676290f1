import type { ClientToServerEvents, LiveAnswers, Pulse, ServerToClientEvents, SubscribeReply } from '@analytics/dto';
import type { Socket } from 'socket.io';
import type { LiveFeed, LiveQuery } from './live-feed.js';
import { Outbox } from './outbox.js';

export type LiveSocket = Socket<ClientToServerEvents, ServerToClientEvents>;
type Answer = LiveAnswers[keyof LiveAnswers];

/** A client may look at this many answers at the same time. */
export const MAX_SUBSCRIPTIONS = 64;

/** A subscription's slot is its id, which is never empty. */
const PULSE_SLOT = '';
const ENDED: SubscribeReply = { ok: false, message: ['the subscription was ended before its first answer was read'] };

interface Subscription {
  seq: number;
  end: () => void;
}

export interface LiveSessionOptions {
  /** Turns the error of a failed read into messages for the client. */
  explain: (error: unknown) => string[];
  /** Told when an answer is really sent; answers that were replaced while the line was busy are not. */
  onPush: (query: LiveQuery) => void;
}

/** One client of the live feed: its subscriptions and what waits to be sent to it. */
export class LiveSession {
  private readonly outbox: Outbox;
  private readonly subscriptions = new Map<string, Subscription>();

  constructor(
    private readonly socket: LiveSocket,
    private readonly feed: LiveFeed,
    private readonly options: LiveSessionOptions,
  ) {
    this.outbox = new Outbox(() => socket.conn.transport);
  }

  get size(): number {
    return this.subscriptions.size;
  }

  /**
   * Subscribes; a subscription of the same id is replaced. The id is taken at once, so that whatever the client says about it next,
   * while the query is still being checked and read, is in the right order.
   * @param open checks the query; it may throw what the client is to know.
   * @returns the first answer, or why there is none; then nothing is subscribed.
   */
  async subscribe(id: string, open: () => Promise<LiveQuery>): Promise<SubscribeReply> {
    this.unsubscribe(id);
    if (this.size >= MAX_SUBSCRIPTIONS)
      return { ok: false, message: [`a client may have at most ${MAX_SUBSCRIPTIONS} subscriptions; end one of them first`] };
    const subscription: Subscription = { seq: 0, end: () => undefined };
    this.subscriptions.set(id, subscription);
    try {
      const query = await open();
      return this.subscriptions.get(id) === subscription ? await this.follow(id, subscription, query) : ENDED;
    } catch (error) {
      if (this.subscriptions.get(id) === subscription) this.unsubscribe(id);
      return { ok: false, message: this.options.explain(error) };
    }
  }

  unsubscribe(id: string): void {
    const subscription = this.subscriptions.get(id);
    this.subscriptions.delete(id);
    this.outbox.drop(id);
    subscription?.end();
  }

  /** Sends the pulse when the line is free; a newer one replaces it. */
  pulse(pulse: Pulse): void {
    this.outbox.put(PULSE_SLOT, () => this.socket.emit('pulse', pulse));
  }

  close(): void {
    for (const id of [...this.subscriptions.keys()]) this.unsubscribe(id);
  }

  /** Resolves with the first answer; later ones go through the outbox. Rejects when the first answer cannot be read. */
  private follow(id: string, subscription: Subscription, query: LiveQuery): Promise<SubscribeReply> {
    return new Promise((resolve, reject) => {
      const leave = this.feed.subscribe(query, {
        show: (answer) => {
          if (subscription.seq > 0) return this.outbox.put(id, () => this.push(id, subscription, query, answer));
          resolve({ ok: true, update: { id, seq: ++subscription.seq, data: answer as Answer } });
        },
        fail: (error) => {
          if (subscription.seq === 0) reject(error as Error);
          else this.outbox.put(id, () => this.socket.emit('failure', { id, message: this.options.explain(error) }));
        },
      });
      subscription.end = () => {
        leave();
        resolve(ENDED);
      };
    });
  }

  private push(id: string, subscription: Subscription, query: LiveQuery, answer: object): void {
    this.socket.emit('update', { id, seq: ++subscription.seq, data: answer as Answer });
    this.options.onPush(query);
  }
}
