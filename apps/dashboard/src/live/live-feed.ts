import type { ClientToServerEvents, Pulse, ServerToClientEvents, SubscribeReply } from '@analytics/dto';
import { applyFrame, type LiveFrame, type LiveState } from '@analytics/dto/live';
import type { Socket } from 'socket.io-client';
import type { LiveQuestion } from '../api/live-request.js';
import { ClockOffset } from './clock-offset.js';
import { afterPaint, PaintReporter } from './paint-reporter.js';

export type LiveSocket = Socket<ServerToClientEvents, ClientToServerEvents>;
/** Takes each new answer. What did not change in it is the same object as before. */
type AnswerSink = (question: Pick<LiveQuestion, 'key'>, answer: object) => void;

/** What is known about the line to the gateway. Replaced, never changed, so that it can be compared by identity. */
export interface LineState {
  /** All times in ms since 1970, by this browser's clock; null: not so, or never. */
  connectedAt: number | null;
  lastPulseAt: number | null;
  pausedAt: number | null;
  /** The server's clock minus this browser's, ms; see ClockOffset. */
  clockOffset: number;
  /** How wrong the offset can be, ms; null: not measured yet. */
  clockError: number | null;
  /** Newest stored event per project, by the server's clock. */
  newestReceivedAt: Readonly<Record<string, number>>;
  /** Frames pushed to this browser per second, mean of the last 10 s. */
  updatesPerSecond: number;
}

interface Watch {
  id: string;
  question: LiveQuestion;
  viewers: number;
  /** Outlives the connection, so that the next one can go on from there. */
  state: LiveState | undefined;
  /** A subscription is under way; until its reply nothing else follows. */
  asking: boolean;
  /** The gateway accepted the subscription on the present connection, and can answer it. */
  served: boolean;
}

const ACK_TIMEOUT_MS = 5000;
/** After the gateway itself has ended the connection, which Socket.io takes for the last word. */
const RECONNECT_MS = 1000;
const NOT_SIGNED_IN = 401;
const RATE_SECONDS = 10;
/** Clocks drift apart by some 20 µs a second, and a question costs the gateway as much as several frames. */
const CLOCK_EVERY_MS = 30_000;

const nameOf = ({ key }: Pick<LiveQuestion, 'key'>): string => JSON.stringify(key);

/**
 * The one line to the gateway: shares equal subscriptions among their viewers, keeps the state of each by the frames that come, goes on
 * from that state after a reconnect, and hands every answer to the sink. A frame that does not follow the state is not applied:
 * the gateway is asked again for what is missing.
 *
 * A pause holds the newest answer of each subscription back and hands it over on resume.
 */
export class LiveFeed {
  private readonly watches = new Map<string, Watch>();
  private readonly byId = new Map<string, Watch>();
  private readonly held = new Set<Watch>();
  private readonly listeners = new Set<() => void>();
  private readonly counts: number[] = [];
  private count = 0;
  private nextId = 1;
  private clockAskedAt = 0;
  private readonly clock: ClockOffset;
  private readonly paints: PaintReporter;
  private reconnecting: ReturnType<typeof setTimeout> | undefined;
  private line: LineState = {
    connectedAt: null,
    lastPulseAt: null,
    pausedAt: null,
    clockOffset: 0,
    clockError: null,
    newestReceivedAt: {},
    updatesPerSecond: 0,
  };

  /** @param onRefused told when the gateway lets nobody in who is not signed in. */
  constructor(
    private readonly socket: LiveSocket,
    private readonly sink: AnswerSink,
    private readonly now: () => number = Date.now,
    onRefused: () => void = () => undefined,
    whenPainted = afterPaint,
  ) {
    this.clock = new ClockOffset(
      (reply) => socket.emit('clock', ({ at }) => reply(at)),
      (clockOffset, clockError) => this.change({ clockOffset, clockError }),
      now,
    );
    this.paints = new PaintReporter((message) => socket.emit('painted', message), () => now() + this.line.clockOffset, whenPainted);
    socket.on('connect', () => this.connected());
    socket.on('disconnect', (reason) => {
      this.disconnected();
      if (reason === 'io server disconnect') this.reconnecting = setTimeout(() => socket.connect(), RECONNECT_MS);
    });
    socket.on('connect_error', (error) => {
      if ((error as { data?: { status?: number } }).data?.status === NOT_SIGNED_IN) onRefused();
    });
    socket.on('pulse', (pulse) => this.pulsed(pulse));
    socket.on('frame', (frame) => this.received(frame));
    socket.on('failure', ({ id }) => this.failed(id));
    if (socket.connected) this.connected();
  }

  /** Connects, and connects again whenever the line breaks, until {@link hangUp}. */
  connect(): void {
    if (!this.socket.active) this.socket.connect();
  }

  hangUp(): void {
    clearTimeout(this.reconnecting);
    this.socket.disconnect();
  }

  readonly snapshot = (): LineState => this.line;

  readonly onChange = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Keeps an answer up to date until the returned function is called. */
  watch(question: LiveQuestion): () => void {
    const name = nameOf(question);
    const watch = this.watches.get(name) ?? this.open(name, question);
    watch.viewers += 1;
    let watching = true;
    return () => {
      if (!watching) return;
      watching = false;
      watch.viewers -= 1;
      if (watch.viewers === 0) this.close(name, watch);
    };
  }

  /** Whether the gateway is pushing this answer now, so that nobody needs to ask for it. */
  serves(question: Pick<LiveQuestion, 'key'>): boolean {
    return this.line.connectedAt !== null && this.watches.get(nameOf(question))?.served === true;
  }

  pause(): void {
    if (this.line.pausedAt === null) this.change({ pausedAt: this.now() });
  }

  resume(): void {
    if (this.line.pausedAt === null) return;
    this.change({ pausedAt: null });
    for (const { question, state } of this.held) if (state) this.sink(question, state.answer);
    this.held.clear();
  }

  private open(name: string, question: LiveQuestion): Watch {
    const watch: Watch = { id: `s${this.nextId++}`, question, viewers: 0, state: undefined, asking: false, served: false };
    this.watches.set(name, watch);
    this.byId.set(watch.id, watch);
    if (this.line.connectedAt !== null) this.subscribe(watch);
    return watch;
  }

  private close(name: string, watch: Watch): void {
    this.watches.delete(name);
    this.byId.delete(watch.id);
    this.held.delete(watch);
    if (this.line.connectedAt !== null) this.socket.emit('unsubscribe', { id: watch.id }, () => undefined);
  }

  private subscribe(watch: Watch): void {
    const { id, state } = watch;
    const { question, params } = watch.question;
    const { connectedAt } = this.line;
    watch.asking = true;
    const resume = state && { stream: state.stream, number: state.number };
    const message = { id, question, params: params as Record<string, unknown>, ...(resume && { resume }) };
    this.socket.timeout(ACK_TIMEOUT_MS).emit('subscribe', message, (error: Error | null, reply?: SubscribeReply) => {
      // An answer to an earlier connection, or to a viewer who has left, says nothing any more.
      if (this.line.connectedAt !== connectedAt || this.byId.get(id) !== watch) return;
      watch.asking = false;
      watch.served = !error && reply?.ok === true;
      if (!error && reply?.ok) this.received(reply.frame);
    });
  }

  private connected(): void {
    this.change({ connectedAt: this.now() });
    this.clockAskedAt = this.now();
    this.clock.restart();
    for (const watch of this.watches.values()) this.subscribe(watch);
  }

  private disconnected(): void {
    for (const watch of this.watches.values()) [watch.served, watch.asking] = [false, false];
    this.counts.length = 0;
    this.change({ connectedAt: null, updatesPerSecond: 0 });
  }

  private pulsed(pulse: Pulse): void {
    const now = this.now();
    this.paints.pulsed(pulse.report);
    // Whoever is asked needs a good clock for the next answer; of many viewers only some ask at the same time.
    if (pulse.report && now - this.clockAskedAt >= CLOCK_EVERY_MS) {
      this.clockAskedAt = now;
      this.clock.measure();
    }
    this.counts.push(this.count);
    if (this.counts.length > RATE_SECONDS) this.counts.shift();
    this.count = 0;
    this.change({
      lastPulseAt: now,
      newestReceivedAt: pulse.newestReceivedAt,
      updatesPerSecond: this.counts.reduce((sum, each) => sum + each, 0) / this.counts.length,
    });
  }

  /** The gateway cannot read this answer now: it is asked for by REST, which tells why, until a frame comes. */
  private failed(id: string): void {
    const watch = this.byId.get(id);
    if (watch) watch.served = false;
  }

  private received(frame: LiveFrame): void {
    const watch = this.byId.get(frame.id);
    if (!watch || watch.asking) return;
    const next = applyFrame(watch.state, frame);
    if (!next) return this.subscribe(watch);
    watch.served = true;
    if (next === watch.state) return;
    watch.state = next;
    this.count += 1;
    if (this.line.pausedAt !== null) return void this.held.add(watch);
    this.sink(watch.question, next.answer);
    this.paints.shown(frame);
  }

  private change(part: Partial<LineState>): void {
    this.line = { ...this.line, ...part };
    for (const listener of this.listeners) listener();
  }
}
