import type { ProblemDto, Pulse, SubscribeReply } from '@analytics/dto';
import { BadRequestException, Logger, type OnModuleDestroy } from '@nestjs/common';
import {
  Ack,
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import type { Server } from 'socket.io';
import { boundTo, withinReach } from '../access/caller.js';
import { failureOf, internalFailure, problem } from '../http/problem.js';
import { paintedMessageSchema, subscribeMessageSchema, unsubscribeMessageSchema } from './client-messages.js';
import { HopTimes } from './hop-times.service.js';
import { LiveClients } from './live-clients.service.js';
import { LiveDoor } from './live-door.service.js';
import { LiveFeed } from './live-feed.js';
import { LivePacket } from './live-packet.js';
import type { LiveQuery } from './live-query.js';
import { LiveQuestions } from './live-questions.service.js';
import { LiveSession, type LiveSocket } from './live-session.js';
import { MessageAllowance } from './message-allowance.js';
import { NewestEvents } from './newest-events.service.js';

const PULSE_MS = 1_000;
/** The database is asked for the newest events with every fifth pulse. */
const PULSES_PER_REFRESH = 5;
const MESSAGES_PER_SECOND = 20;
const MESSAGE_BURST = 200;
/** Updates never queue, but each message of a client has its reply: one that asks and does not read would fill the memory. */
const MAX_REPLIES_WAITING = 256;
/** Clients that are asked with a pulse how soon they painted: some hundred frames a minute. A report costs as much as sending several. */
const REPORTERS = 2;
/** They are asked once a second at most; a timer may be a little early. */
const PAINTED_EVERY_MS = 900;

type Reply<T> = ((reply: T) => void) | undefined;

/** The live feed's door: validates every message and ties sockets to the feed. A client that sends too much is cut off. */
@WebSocketGateway()
export class LiveGateway implements OnGatewayInit, OnGatewayConnection<LiveSocket>, OnGatewayDisconnect<LiveSocket>, OnModuleDestroy {
  private readonly logger = new Logger('live');
  private readonly sessions = new Map<LiveSocket, LiveSession>();
  private readonly paintedAt = new WeakMap<LiveSocket, number>();
  private pulses = 0;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly feed: LiveFeed,
    private readonly questions: LiveQuestions,
    private readonly clients: LiveClients,
    private readonly newest: NewestEvents,
    private readonly door: LiveDoor,
    private readonly hops: HopTimes,
  ) {}

  afterInit(server: Server): void {
    this.door.guard(server);
    this.timer = setInterval(() => this.beat(), PULSE_MS);
  }

  handleConnection(socket: LiveSocket): void {
    const allowance = new MessageAllowance(MESSAGES_PER_SECOND, MESSAGE_BURST);
    socket.use((_packet, next) => {
      if (allowance.take() && repliesWaiting(socket) <= MAX_REPLIES_WAITING) next();
      else socket.disconnect(true);
    });
    const session = new LiveSession(socket, this.feed, {
      explain: (error) => this.explain(error),
      onPush: ({ name }, stream) => {
        this.clients.pushed(name);
        const delay = stream.takeDelay(Date.now());
        if (delay !== undefined) this.hops.pushed(delay);
      },
    });
    this.sessions.set(socket, session);
    this.count();
  }

  handleDisconnect(socket: LiveSocket): void {
    this.sessions.get(socket)?.close();
    this.sessions.delete(socket);
    this.door.leave(socket);
    this.count();
  }

  @SubscribeMessage('subscribe')
  async subscribe(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() reply: Reply<SubscribeReply>): Promise<void> {
    const answer = (given: SubscribeReply): void => {
      this.count();
      reply?.(given);
    };
    const refuse = (error: unknown): void => answer({ ok: false, problem: this.explain(error) });
    const message = subscribeMessageSchema.safeParse(body);
    if (!message.success) return refuse(new BadRequestException(message.error.issues.map((issue) => issue.message)));
    const { id, question, params, resume } = message.data;
    const [session, caller] = [this.sessions.get(socket), this.door.callerOf(socket)];
    if (!session || !caller) return refuse(new BadRequestException(['the connection was closed']));
    const open = async (): Promise<LiveQuery> => this.questions.open(question, withinReach(caller, question, params));
    await session.subscribe({ id, resume, open }, answer);
  }

  @SubscribeMessage('unsubscribe')
  unsubscribe(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown, @Ack() reply: Reply<{ ok: true }>): void {
    const message = unsubscribeMessageSchema.safeParse(body);
    if (message.success) this.sessions.get(socket)?.unsubscribe(message.data.id);
    this.count();
    reply?.({ ok: true });
  }

  @SubscribeMessage('clock')
  clock(@Ack() reply: Reply<{ at: number }>): void {
    reply?.({ at: Date.now() });
  }

  @SubscribeMessage('painted')
  painted(@ConnectedSocket() socket: LiveSocket, @MessageBody() body: unknown): void {
    const message = paintedMessageSchema.safeParse(body);
    const now = Date.now();
    if (!message.success || now - (this.paintedAt.get(socket) ?? 0) < PAINTED_EVERY_MS) return;
    this.paintedAt.set(socket, now);
    this.hops.painted(message.data.samples);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.feed.close();
  }

  private explain(error: unknown): ProblemDto {
    const failure = failureOf(error);
    if (!failure) this.logger.error('a live question failed', error);
    return problem(failure ?? internalFailure());
  }

  private beat(): void {
    if (this.sessions.size > 0 && this.pulses++ % PULSES_PER_REFRESH === 0)
      this.newest.refresh().catch((error: unknown) => this.logger.debug(`newest events not refreshed: ${String(error)}`));
    const pulse: Omit<Pulse, 'report'> = { at: Date.now(), newestReceivedAt: this.newest.read() };
    const packets = new Map<string, LivePacket>();
    const firstReporter = (this.pulses * REPORTERS) % Math.max(1, this.sessions.size);
    let place = this.sessions.size - firstReporter;
    for (const [socket, session] of this.sessions) {
      const caller = this.door.callerOf(socket);
      const own = caller ? boundTo(caller) : null;
      const report = place++ % this.sessions.size < REPORTERS;
      const key = `${report} ${own ?? ''}`;
      const packet = packets.get(key) ?? LivePacket.of('pulse', JSON.stringify({ ...visibleTo(own, pulse), report }));
      packets.set(key, packet);
      session.pulse(packet);
    }
  }

  private count(): void {
    this.clients.count = this.sessions.size;
    this.clients.subscriptions = [...this.sessions.values()].reduce((sum, session) => sum + session.size, 0);
  }
}

/** A pulse tells of all projects; who is bound to one is told of that one. */
function visibleTo(own: string | null, pulse: Omit<Pulse, 'report'>): Omit<Pulse, 'report'> {
  if (own === null) return pulse;
  return { ...pulse, newestReceivedAt: Object.fromEntries(Object.entries(pulse.newestReceivedAt).filter(([project]) => project === own)) };
}

const repliesWaiting = (socket: LiveSocket): number => socket.conn['writeBuffer'].length;
