import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startPrivateServices, type PrivatePair } from '@analytics/services';
import { createDataSource, createPool, ensureApiKey, ensureProject, newSecret, prepareDatabase } from '@analytics/timescale';
import { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { RedisFiles } from './redis-files.js';
import { ServiceProcess } from './service-process.js';
import { TcpProxy } from './tcp-proxy.js';

const root = join(import.meta.dirname, '../../../..');
/** The project whose write key the senders use. */
export const PROJECT = 'demo';
/** Longer than Redis is away when it is killed and started. */
const COMMAND_TIMEOUT_MS = 5_000;

export interface PipelineSystemOptions {
  /** Consumer processes at the start; default 2. */
  consumers?: number;
  /** How long a dead consumer's partitions rest, ms. Default 2,000, so that faults can be many. */
  leaseMs?: number;
  /** PostgreSQL with fsync and strict checks, as in production. Default false: quick; data still survives kill -9 of the server. */
  durable?: boolean;
  /** Settings of redis.conf and postgresql.conf besides those of the private services. */
  redisSettings?: Record<string, string>;
  postgresSettings?: Record<string, string>;
  /** More environment for all services. */
  env?: Record<string, string>;
  log?: (line: string) => void;
}

/** The relays between the services and what they use. Redis and PostgreSQL themselves are reached around them. */
export interface Relays {
  producerRedis: TcpProxy;
  consumerRedis: TcpProxy;
  consumerPostgres: TcpProxy;
}

/**
 * The whole system on a private Redis and TimescaleDB, each part a process of its own that can be killed, frozen and restarted, and
 * each connection of producer and consumers behind a relay that can break it.
 */
export class PipelineSystem {
  readonly consumers: ServiceProcess[] = [];
  private consumersMade = 0;

  private constructor(
    readonly services: PrivatePair,
    readonly relays: Relays,
    readonly producer: ServiceProcess,
    readonly gateway: ServiceProcess,
    readonly writeKey: string,
    /** Reads everything at the gateway. */
    readonly adminKey: string,
    /** As the owner; two connections. */
    readonly database: Pool,
    /** Straight to Redis. */
    readonly redis: Redis,
    private readonly folder: string,
    private readonly consumerEnv: Record<string, string>,
  ) {}

  /** Starts everything and waits until it is ready. Stops what it has started when something does not start. */
  static async start(options: PipelineSystemOptions = {}): Promise<PipelineSystem> {
    const { consumers = 2, durable = false, redisSettings = {}, postgresSettings = {}, log } = options;
    const services = await startPrivateServices({
      durable,
      redisSettings: { 'enable-debug-command': 'local', ...redisSettings },
      postgresSettings,
      ...(log ? { log } : {}),
    });
    let system: PipelineSystem | undefined;
    try {
      system = await PipelineSystem.assemble(services, options);
      system.producer.start();
      system.gateway.start();
      await system.setConsumers(consumers);
      await system.allReady();
      return system;
    } catch (error) {
      await (system?.stop() ?? services.stop());
      throw error;
    }
  }

  private static async assemble(services: PrivatePair, options: PipelineSystemOptions): Promise<PipelineSystem> {
    const { leaseMs = 2_000, durable = false, env = {} } = options;
    const folder = mkdtempSync(join(tmpdir(), 'chaos-'));
    const { writerUrl, readerUrl, accessUrl } = await prepareDatabase({ databaseUrl: services.postgres.url });
    const { writeKey, adminKey } = await makeProject(services.postgres.url);
    const relays = {
      producerRedis: await TcpProxy.start(services.redis.url),
      consumerRedis: await TcpProxy.start(services.redis.url),
      consumerPostgres: await TcpProxy.start(writerUrl),
    };
    const shared = { DURABILITY: durable ? 'strict' : 'relaxed', LOG_FORMAT: 'json', METRICS_FILE: '/dev/null', TRAFFIC: 'off', ...env };
    const [producerPort, gatewayPort] = await Promise.all([freePort(), freePort()]);
    const make = (name: string, port: number, own: Record<string, string>): ServiceProcess =>
      new ServiceProcess(name, mainOf(name), port, { ...shared, ...own }, join(folder, `${name}.log`));
    const producer = make('producer', producerPort, { REDIS_URL: relays.producerRedis.url });
    const gateway = make('gateway', gatewayPort, {
      REDIS_URL: services.redis.url,
      DATABASE_READER_URL: readerUrl,
      DATABASE_ACCESS_URL: accessUrl,
      // Watchers look more often than any person or dashboard.
      THROTTLE_READS: '1000000',
      COLLECTOR_URL: producer.url,
    });
    // A command whose answer was lost is not sent again: it may have been done, and here each is counted.
    const redis = new Redis(services.redis.url, {
      connectionName: 'chaos',
      maxRetriesPerRequest: null,
      autoResendUnfulfilledCommands: false,
      commandTimeout: COMMAND_TIMEOUT_MS,
    });
    // It is told by whoever uses it; Redis is killed on purpose here.
    redis.on('error', () => undefined);
    return new PipelineSystem(
      services,
      relays,
      producer,
      gateway,
      writeKey,
      adminKey,
      createPool(services.postgres.url, { max: 2, applicationName: 'chaos' }),
      redis,
      folder,
      { ...shared, REDIS_URL: relays.consumerRedis.url, DATABASE_WRITER_URL: relays.consumerPostgres.url, LEASE_MS: String(leaseMs) },
    );
  }

  private async addConsumer(): Promise<void> {
    const name = `consumer-${++this.consumersMade}`;
    // A name that is kept over restarts has its partitions back at once.
    const env = { ...this.consumerEnv, INSTANCE: name };
    const consumer = new ServiceProcess(name, mainOf('stream-consumer'), await freePort(), env, join(this.folder, `${name}.log`));
    this.consumers.push(consumer);
    consumer.start();
  }

  /** Starts or ends (for good) consumers until there are so many, and waits until they are ready. */
  async setConsumers(count: number): Promise<void> {
    await Promise.all(this.consumers.splice(count).map((consumer) => consumer.stop()));
    while (this.consumers.length < count) await this.addConsumer();
    await Promise.all(this.consumers.map((consumer) => consumer.ready()));
  }

  /** GET at the gateway, as who may see everything. */
  ask(path: string, signal?: AbortSignal): Promise<Response> {
    return fetch(`${this.gateway.url}${path}`, { headers: { authorization: `Bearer ${this.adminKey}` }, ...(signal ? { signal } : {}) });
  }

  get processes(): ServiceProcess[] {
    return [this.producer, this.gateway, ...this.consumers];
  }

  async allReady(): Promise<void> {
    await Promise.all(this.processes.map((service) => service.ready()));
  }

  /** Copies the services' logs and Redis's append-only files into a new folder, for whoever looks for a cause. @returns the folder. */
  async keepEvidence(): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'chaos-evidence-'));
    cpSync(this.folder, join(folder, 'logs'), { recursive: true });
    (await RedisFiles.of(this.redis)).copyTo(join(folder, 'redis'));
    return folder;
  }

  /** Ends everything, by process id, and deletes its data. */
  async stop(): Promise<void> {
    await Promise.all(this.processes.map((service) => service.dispose()));
    await Promise.all(Object.values(this.relays).map((relay: TcpProxy) => relay.close()));
    this.redis.disconnect();
    await this.database.end();
    await this.services.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** @throws {Error} when the service is not built. */
function mainOf(service: string): string {
  const main = join(root, 'apps', service, 'dist/main.js');
  if (!existsSync(main)) throw new Error(`apps/${service} is not built; run: npx nx run-many -t build -p producer,stream-consumer,gateway`);
  return main;
}

async function makeProject(databaseUrl: string): Promise<{ writeKey: string; adminKey: string }> {
  const [writeKey, adminKey] = [newSecret('wk'), newSecret('ak')];
  const dataSource = await createDataSource({ url: databaseUrl, max: 1, applicationName: 'chaos-prepare' }).initialize();
  try {
    await ensureProject(dataSource, { id: PROJECT, name: 'Chaos', writeKey });
    await ensureApiKey(dataSource, { key: adminKey, projectId: null, scope: 'admin', name: 'chaos' });
  } finally {
    await dataSource.destroy();
  }
  return { writeKey, adminKey };
}
