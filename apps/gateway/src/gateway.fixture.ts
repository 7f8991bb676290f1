import { randomUUID } from 'node:crypto';
import { type AddressInfo } from 'node:net';
import type {
  ClientToServerEvents,
  ServerToClientEvents,
  SubscribeMessage,
  SubscribeReply,
} from '@analytics/dto';
import { COMMIT_CHANNEL, STATUS_CHANNEL, type CommitNotice, type ConsumerStatus, type IngestedEvent } from '@analytics/events';
import { NoticePublisher } from '@analytics/redis-streams';
import {
  Compactor,
  createDataSource,
  createPool,
  DeadLetterStore,
  ensureApiKey,
  ensureProject,
  EventBatchWriter,
  LedgerWriter,
  PartitionLeases,
  type DeadLetter,
} from '@analytics/timescale';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { createGateway } from './create-gateway.js';
import { loadGatewayConfig } from './gateway.config.js';

export type LiveClient = Socket<ServerToClientEvents, ClientToServerEvents>;

/** A key for everything, which {@link EventStore.open} puts into the database. */
export const ADMIN_KEY = 'ak_for-everything-in-specs-00000000';

/** Nobody is slowed down, unless a spec says so. */
const UNLIMITED = { THROTTLE_READS: '1000000', THROTTLE_WRITES: '1000000', THROTTLE_SIGN_INS: '1000000' };

type Addresses = {
  REDIS_URL: string;
  DATABASE_READER_URL: string;
  DATABASE_ACCESS_URL: string;
};

/** What the gateway needs to be told of a fresh database and Redis. */
export const addressesOf = ({ readerUrl, accessUrl }: { readerUrl: string; accessUrl: string }, redisUrl: string): Addresses => ({
  REDIS_URL: redisUrl,
  DATABASE_READER_URL: readerUrl,
  DATABASE_ACCESS_URL: accessUrl,
});

/** Who asks: a key, a session's cookie, or nobody. */
export type Asker = { key: string } | { cookie: string } | null;

export interface Asked {
  method?: string;
  as?: Asker;
  headers?: Record<string, string>;
  /** Sent as JSON, unless it is text already. */
  body?: unknown;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

const headersOf = (asker: Asker): Record<string, string> =>
  asker === null ? {} : 'key' in asker ? { authorization: `Bearer ${asker.key}` } : { cookie: asker.cookie };

/** A running gateway on a free port, and clients of its live feed. Whatever does not say who asks shows the {@link ADMIN_KEY}. */
export class RunningGateway {
  private readonly clients: LiveClient[] = [];

  private constructor(
    readonly url: string,
    private readonly stop: () => Promise<void>,
  ) {}

  static async start(env: Addresses & Record<string, string>): Promise<RunningGateway> {
    const app = await createGateway(loadGatewayConfig({ LOG_LEVEL: 'fatal', ...UNLIMITED, ...env }));
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    return new RunningGateway(`http://127.0.0.1:${port}`, () => app.close());
  }

  async ask(path: string, { method = 'GET', as = { key: ADMIN_KEY }, headers = {}, body }: Asked = {}): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: { ...headersOf(as), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask(path, { headers });
  }

  async json<T>(path: string, asked: Asked = {}): Promise<{ status: number; body: T }> {
    const { status, text } = await this.ask(path, asked);
    return { status, body: (text === '' ? undefined : JSON.parse(text)) as T };
  }

  /** What GET /api/v1/<path> answers, which must be a 200. */
  async answer<T>(path: string): Promise<T> {
    const { status, body } = await this.json<T>(`/api/v1/${path}`);
    expect({ path, status, body }).toMatchObject({ path, status: 200 });
    return body;
  }

  post<T>(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: T }> {
    return this.json<T>(path, { method: 'POST', headers });
  }

  /** Signs in. @returns the cookie. */
  async signIn(email: string, password: string): Promise<{ cookie: string }> {
    const { status, headers, text } = await this.ask('/api/v1/session', { method: 'POST', as: null, body: { email, password } });
    const cookie = headers.get('set-cookie')?.split(';')[0];
    if (status !== 200 || !cookie) throw new Error(`${email} could not sign in: ${status} ${text}`);
    return { cookie };
  }

  /** A client of the live feed; rejects with the server's reason when it is refused. */
  connect(options: Partial<ManagerOptions & SocketOptions> = {}): Promise<LiveClient> {
    const client: LiveClient = io(this.url, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: { key: ADMIN_KEY },
      ...options,
    });
    this.clients.push(client);
    return new Promise((resolve, reject) => {
      client.once('connect', () => resolve(client));
      client.once('connect_error', reject);
    });
  }

  /** Ends all clients. */
  disconnectClients(): void {
    for (const client of this.clients.splice(0)) client.disconnect();
  }

  async close(): Promise<void> {
    this.disconnectClients();
    await this.stop();
  }
}

/** The reply to a subscription; what is sent need not be what the types allow. */
export const subscribe = (client: LiveClient, message: unknown): Promise<SubscribeReply> =>
  client.emitWithAck('subscribe', message as SubscribeMessage);

/** Stores events as the stream-consumer does, and tells it when asked to. */
export class EventStore {
  private lastId = 0;
  /** What the stream-consumer does with dead letters. */
  readonly letters: DeadLetterStore;

  private constructor(
    private readonly pool: ReturnType<typeof createPool>,
    private readonly notices: NoticePublisher,
    private readonly epoch: number,
  ) {
    this.letters = new DeadLetterStore(pool);
  }

  /** Makes the projects and the {@link ADMIN_KEY}, and takes partition 0. */
  static async open(urls: { ownerUrl: string; writerUrl: string; redisUrl: string }, projects: string[]): Promise<EventStore> {
    const owner = await createDataSource({ url: urls.ownerUrl, applicationName: 'gateway-spec' }).initialize();
    for (const id of projects) await ensureProject(owner, { id, name: `Project ${id}` });
    await ensureApiKey(owner, { key: ADMIN_KEY, projectId: null, scope: 'admin', name: 'specs' });
    await owner.destroy();
    const pool = createPool(urls.writerUrl, { max: 1, applicationName: 'gateway-spec' });
    const claim = await new PartitionLeases(pool, { stream: 'spec', partitions: 1 }).acquire(0, 'spec');
    if (!claim) throw new Error('the partition is taken, though the database is new');
    return new EventStore(pool, new NoticePublisher(urls.redisUrl), claim.epoch);
  }

  /** Fills the counts that questions about the past are answered from. */
  async compact(): Promise<void> {
    const compactor = new Compactor(this.pool);
    while ((await compactor.compact()).behind);
  }

  async store(events: IngestedEvent[], deadLetters: Omit<DeadLetter, 'entryId' | 'itemIndex'>[] = []): Promise<void> {
    const previousId = `${this.lastId}-0`;
    const entryId = `${++this.lastId}-0`;
    const result = await new EventBatchWriter(this.pool).write({
      stream: 'spec',
      partition: 0,
      epoch: this.epoch,
      previousId: this.lastId === 1 ? '0-0' : previousId,
      lastId: entryId,
      sequences: new Map(),
      items: {
        length: events.length + deadLetters.length,
        at: (itemIndex) =>
          itemIndex < events.length ? { event: events[itemIndex]! } : { entryId, itemIndex, ...deadLetters[itemIndex - events.length]! },
      },
      positionOf: (itemIndex) => ({ entryId, itemIndex }),
    });
    if (result.kind !== 'stored' || result.refused.length !== deadLetters.length) throw new Error(`not stored: ${JSON.stringify(result)}`);
  }

  /** What the stream-consumer tells after a commit of these events. */
  async tell(events: IngestedEvent[]): Promise<void> {
    const notice: CommitNotice = {
      partition: 0,
      lastId: `${this.lastId}-0`,
      committedAt: Date.now(),
      projects: events.map(({ project_id, event_type, timestamp, received_at }) => ({
        projectId: project_id,
        eventTypes: [event_type],
        events: 1,
        from: Date.parse(timestamp),
        to: Date.parse(timestamp),
        newestReceivedAt: Date.parse(received_at),
        newestCreatedAt: Date.parse(timestamp),
      })),
    };
    await this.notices.publish(COMMIT_CHANNEL, notice);
  }

  /** Sets how many events the stream has accepted under each tally key. */
  async accept(accepted: Record<string, number>): Promise<void> {
    const counts = new Map(Object.entries(accepted));
    const written = await new LedgerWriter(this.pool).setAccepted({ stream: 'spec', partition: 0, epoch: this.epoch, accepted: counts });
    if (!written) throw new Error('the ledger refused the epoch');
  }

  /** What the stream-consumer says of itself. */
  report(part: Partial<ConsumerStatus> = {}): Promise<boolean> {
    return this.notices.publish(STATUS_CHANNEL, { ...CONSUMER, at: Date.now(), ...part });
  }

  /** Publishes anything on a channel. */
  publish(channel: string, message: object): Promise<boolean> {
    return this.notices.publish(channel, message);
  }

  async close(): Promise<void> {
    await this.notices.close();
    await this.pool.end();
  }
}

const QUANTILES = { p50: 1, p95: 2, p99: 3 };

/** A consumer of one partition. */
export const CONSUMER: ConsumerStatus = {
  stage: 'stream-consumer',
  instance: 'spec-1',
  at: 0,
  startedAt: 0,
  storedTotal: 6,
  storedRate: 0.5,
  deadTotal: 1,
  skippedTotal: 0,
  batchMs: QUANTILES,
  freshnessMs: QUANTILES,
  durability: 'strict',
  inFlight: {},
  partitions: [{ partition: 0, state: 'reading', timeLagMs: 40, entryLag: 1, pending: 0, lastId: '1-0' }],
};

/** A page view of now in project demo, unless told otherwise. */
export function pageView(overrides: Partial<IngestedEvent> = {}): IngestedEvent {
  const now = new Date().toISOString();
  return {
    event_id: randomUUID(),
    timestamp: now,
    received_at: now,
    project_id: 'demo',
    user_id: 'user_001',
    event_type: 'page_view',
    properties: { page_url: 'https://shop.example/cart?item=7', session_id: randomUUID(), viewport_width: 800, viewport_height: 600 },
    browser: 'Firefox',
    os: 'Linux',
    device: 'desktop',
    country: 'CH',
    ...overrides,
  };
}

export const apiCall = (duration_ms: number, overrides: Partial<IngestedEvent> = {}): IngestedEvent =>
  pageView({
    event_type: 'api_call',
    properties: { endpoint: '/api/cart', method: 'GET', status_code: 200, duration_ms, user_agent: 'spec' },
    ...overrides,
  });
