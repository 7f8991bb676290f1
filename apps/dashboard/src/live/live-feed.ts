import type {
  ClientToServerEvents,
  LiveAnswers,
  LiveQueryName,
  LiveUpdate,
  Pulse,
  ServerToClientEvents,
  SubscribeReply,
} from '@analytics/dto';
import type { Socket } from 'socket.io-client';
import { requestKey, wireParams, type LiveRequest } from '../api/live-request.js';

export type LiveSocket = Socket<ServerToClientEvents, ClientToServerEvents>;
export type AnswerSink = (request: LiveRequest, answer: LiveAnswers[LiveQueryName]) => void;

/** What is known about the line to the gateway. Replaced, never changed, so that it can be compared by identity. */
export interface LineState {
  /** All times in ms since 1970, by this browser's clock; null: not so, or never. */
  connectedAt: number | null;
  lastPulseAt: number | null;
  pausedAt: number | null;
  /** The server's clock minus this browser's, ms. */
  clockOffset: number;
  /** Newest stored event per project, by the server's clock. */
  newestReceivedAt: Readonly<Record<string, number>>;
  /** Answers pushed to this browser per second, mean of the last 10 s. */
  updatesPerSecond: number;
}

interface Watch {
  id: string;
  request: LiveRequest;
  viewers: number;
  /** The gateway accepted the subscription on the present connection, and can answer it. */
  served: boolean;
}

const ACK_TIMEOUT_MS = 5000;
/** After the gateway itself has ended the connection, which Socket.io takes for the last word. */
const RECONNECT_MS = 1000;
const NOT_SIGNED_IN = 401;
const RATE_SECONDS = 10;

/**
 * The one line to the gateway: shares equal subscriptions among their viewers, renews all of them after a reconnect,
 * and hands every answer to the sink.
 *
 * A pause holds the newest answer of each subscription back and hands it over on resume.
 */
export class LiveFeed {
  private readonly watches = new Map<string, Watch>();
  private readonly byId = new Map<string, Watch>();
  private readonly held = new Map<string, LiveAnswers[LiveQueryName]>();
  private readonly listeners = new Set<() => void>();
  private readonly counts: number[] = [];
  private count = 0;
  private nextId = 1;
  private reconnecting: ReturnType<typeof setTimeout> | undefined;
  private line: LineState = {
    connectedAt: null,
    lastPulseAt: null,
    pausedAt: null,
    clockOffset: 0,
    newestReceivedAt: {},
    updatesPerSecond: 0,
  };

  /** @param onRefused told when the gateway lets nobody in who is not signed in. */
  constructor(
    private readonly socket: LiveSocket,
    private readonly sink: AnswerSink,
    private readonly now: () => number = Date.now,
    onRefused: () => void = () => undefined,
  ) {
    socket.on('connect', () => this.connected());
    socket.on('disconnect', (reason) => {
      this.disconnected();
      if (reason === 'io server disconnect') this.reconnecting = setTimeout(() => socket.connect(), RECONNECT_MS);
    });
    socket.on('connect_error', (error) => {
      if ((error as { data?: { status?: number } }).data?.status === NOT_SIGNED_IN) onRefused();
    });
    socket.on('pulse', (pulse) => this.pulsed(pulse));
    socket.on('update', (update) => this.updated(update));
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
  watch(request: LiveRequest): () => void {
    const key = requestKey(request);
    const watch = this.watches.get(key) ?? this.open(key, request);
    watch.viewers += 1;
    let watching = true;
    return () => {
      if (!watching) return;
      watching = false;
      watch.viewers -= 1;
      if (watch.viewers === 0) this.close(key, watch);
    };
  }

  /** Whether the gateway is pushing this answer now, so that nobody needs to ask for it. */
  serves(request: LiveRequest): boolean {
    return this.line.connectedAt !== null && this.watches.get(requestKey(request))?.served === true;
  }

  pause(): void {
    if (this.line.pausedAt === null) this.change({ pausedAt: this.now() });
  }

  resume(): void {
    if (this.line.pausedAt === null) return;
    this.change({ pausedAt: null });
    for (const [key, answer] of this.held) {
      const watch = this.watches.get(key);
      if (watch) this.sink(watch.request, answer);
    }
    this.held.clear();
  }

  private open(key: string, request: LiveRequest): Watch {
    const watch: Watch = { id: `s${this.nextId++}`, request, viewers: 0, served: false };
    this.watches.set(key, watch);
    this.byId.set(watch.id, watch);
    if (this.line.connectedAt !== null) this.subscribe(watch);
    return watch;
  }

  private close(key: string, watch: Watch): void {
    this.watches.delete(key);
    this.byId.delete(watch.id);
    this.held.delete(key);
    if (this.line.connectedAt !== null) this.socket.emit('unsubscribe', { id: watch.id }, () => undefined);
  }

  private subscribe(watch: Watch): void {
    const { id, request } = watch;
    const { connectedAt } = this.line;
    this.socket
      .timeout(ACK_TIMEOUT_MS)
      .emit('subscribe', { id, query: request.query, params: wireParams(request) }, (error: Error | null, reply?: SubscribeReply) => {
        // An answer to an earlier connection, or to a viewer who has left, says nothing any more.
        if (this.line.connectedAt !== connectedAt || this.byId.get(id) !== watch) return;
        watch.served = !error && reply?.ok === true;
        if (!error && reply?.ok) this.updated(reply.update);
      });
  }

  private connected(): void {
    this.change({ connectedAt: this.now() });
    for (const watch of this.watches.values()) this.subscribe(watch);
  }

  private disconnected(): void {
    for (const watch of this.watches.values()) watch.served = false;
    this.counts.length = 0;
    this.change({ connectedAt: null, updatesPerSecond: 0 });
  }

  private pulsed(pulse: Pulse): void {
    const now = this.now();
    this.counts.push(this.count);
    if (this.counts.length > RATE_SECONDS) this.counts.shift();
    this.count = 0;
    this.change({
      lastPulseAt: now,
      clockOffset: pulse.at - now,
      newestReceivedAt: pulse.newestReceivedAt,
      updatesPerSecond: this.counts.reduce((sum, each) => sum + each, 0) / this.counts.length,
    });
  }

  /** The gateway cannot read this answer now: it is asked for by REST, which tells why, until an update comes. */
  private failed(id: string): void {
    const watch = this.byId.get(id);
    if (watch) watch.served = false;
  }

  private updated({ id, data }: LiveUpdate): void {
    const watch = this.byId.get(id);
    if (!watch) return;
    watch.served = true;
    this.count += 1;
    if (this.line.pausedAt === null) this.sink(watch.request, data);
    else this.held.set(requestKey(watch.request), data);
  }

  private change(part: Partial<LineState>): void {
    this.line = { ...this.line, ...part };
    for (const listener of this.listeners) listener();
  }
}
