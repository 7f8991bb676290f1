import type { ClientToServerEvents, ProblemDto, ResumePoint, ServerToClientEvents, SubscribeReply } from '@analytics/dto';
import { ConflictException } from '@nestjs/common';
import type { Socket } from 'socket.io';
import type { AnswerStream } from './answer-stream.js';
import type { LiveFeed } from './live-feed.js';
import { send, type LivePacket } from './live-packet.js';
import type { LiveQuery } from './live-query.js';
import { Outbox } from './outbox.js';

export type LiveSocket = Socket<ClientToServerEvents, ServerToClientEvents>;

/** A client may look at this many answers at the same time. */
export const MAX_SUBSCRIPTIONS = 64;

/** A subscription's slot is its id, which is never empty. */
const PULSE_SLOT = '';
const ENDED = 'the subscription was ended before its first answer was read';

interface Subscription {
  /** The state that the client has; 0: none yet. */
  number: number;
  end: () => void;
}

export interface Wanted {
  id: string;
  resume?: ResumePoint | undefined;
  /** Checks the question; it may throw what the client is to know. */
  open: () => Promise<LiveQuery>;
}

type Followed = Omit<Wanted, 'open'> & { query: LiveQuery };

interface Replies {
  reply: (reply: SubscribeReply) => void;
  refuse: (error: unknown) => void;
}

export interface LiveSessionOptions {
  /** Turns an error into what the client is told. */
  explain: (error: unknown) => ProblemDto;
  /** Told when a frame is really sent; states that were passed over while the line was busy are not. */
  onPush: (query: LiveQuery, stream: AnswerStream) => void;
}

/** One client of the live feed: its subscriptions and what waits to be sent to it. */
export class LiveSession {
  private readonly outbox: Outbox;
  private readonly subscriptions = new Map<string, Subscription>();
  private pulseDue: LivePacket | undefined;
  /** Since the pulse before. */
  private framePassed = false;

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
   * while the question is still being checked and read, is in the right order.
   * @param reply told the first frame, or why there is none; then nothing is subscribed. No frame overtakes it.
   */
  async subscribe({ id, resume, open }: Wanted, reply: (reply: SubscribeReply) => void): Promise<void> {
    this.unsubscribe(id);
    const replies: Replies = { reply, refuse: (error) => reply({ ok: false, problem: this.options.explain(error) }) };
    if (this.size >= MAX_SUBSCRIPTIONS)
      return replies.refuse(new ConflictException([`a client may have at most ${MAX_SUBSCRIPTIONS} subscriptions; end one of them first`]));
    const subscription: Subscription = { number: 0, end: () => undefined };
    this.subscriptions.set(id, subscription);
    try {
      const query = await open();
      if (this.subscriptions.get(id) === subscription) this.follow({ id, resume, query }, subscription, replies);
      else replies.refuse(new ConflictException([ENDED]));
    } catch (error) {
      if (this.subscriptions.get(id) === subscription) this.unsubscribe(id);
      replies.refuse(error);
    }
  }

  unsubscribe(id: string): void {
    const subscription = this.subscriptions.get(id);
    this.subscriptions.delete(id);
    this.outbox.drop(id);
    subscription?.end();
  }

  /**
   * Sends the pulse; a newer one replaces it. Where frames come, it travels with the next of them, as a second packet costs as much as the
   * first; one that found none goes with the next pulse's time. So pulses are at most two seconds apart.
   */
  pulse(packet: LivePacket): void {
    const frameExpected = this.framePassed && !this.pulseDue;
    this.framePassed = false;
    this.pulseDue = packet;
    if (!frameExpected) this.outbox.put(PULSE_SLOT, () => this.sendWithPulse());
  }

  close(): void {
    for (const id of [...this.subscriptions.keys()]) this.unsubscribe(id);
  }

  /** Replies with the first frame; later ones go through the outbox. */
  private follow({ id, resume, query }: Followed, subscription: Subscription, { reply, refuse }: Replies): void {
    let replied = false;
    let leave = (): void => undefined;
    subscription.end = () => {
      leave();
      if (!replied) refuse(new ConflictException([ENDED]));
    };
    const show = (stream: AnswerStream): void => {
      if (replied) return this.outbox.put(id, () => this.push(id, subscription, query, stream));
      replied = true;
      subscription.number = stream.number;
      reply({ ok: true, frame: stream.frameObject(id, resume?.stream === stream.name ? resume.number : undefined) });
    };
    const fail = (error: unknown): void => {
      if (replied) return this.outbox.put(id, () => this.socket.emit('failure', { id, problem: this.options.explain(error) }));
      replied = true;
      this.unsubscribe(id);
      refuse(error);
    };
    leave = this.feed.subscribe(query, { show, fail });
    // Refused while subscribing, before there was anything to leave.
    if (this.subscriptions.get(id) !== subscription) leave();
  }

  private push(id: string, subscription: Subscription, query: LiveQuery, stream: AnswerStream): void {
    if (subscription.number === stream.number) return;
    const packet = stream.packet(id, subscription.number);
    subscription.number = stream.number;
    this.framePassed = true;
    this.sendWithPulse(packet);
    this.options.onPush(query, stream);
  }

  private sendWithPulse(frame?: LivePacket): void {
    const pulse = this.pulseDue;
    this.pulseDue = undefined;
    const packet = pulse && frame ? frame.behind(pulse) : (frame ?? pulse);
    if (packet) send(this.socket.conn, packet);
  }
}
