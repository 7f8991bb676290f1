import type { Logger } from '@nestjs/common';
import { Redis, type RedisOptions } from 'ioredis';

/** Where Redis is: a URL, or ioredis options. */
export type RedisTarget = string | RedisOptions;

/** What `status` of the client and the server tells. */
export type RedisStreamsStatus = 'connected' | 'reconnecting' | 'disconnected';

// ioredis resends unanswered commands after a reconnect unless told not to: one XADD became two entries. Without resending, a promise
// settles on a lost connection only with maxRetriesPerRequest 0. RESP 2 because replies of streams differ between the protocols. A dead
// connection does not answer our FIN, and is made anew only after disconnectTimeout (ms; 2,000 by default, which also delays an exit).
const SETTINGS = {
  lazyConnect: true,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  protocol: 2,
  disconnectTimeout: 100,
} as const;

/** 50 ms doubled up to a second, with jitter, for ever: a Redis that comes back is used again within about a second. */
const retryStrategy = (attempt: number): number => Math.min(1000, 50 * 2 ** Math.min(attempt, 5)) * (0.75 + Math.random() / 2);

/**
 * A connection on which no command is sent twice and no promise stays open.
 * @param settings commandTimeout (ms) is obligatory. A command without an answer fails after it, and so does the connection: one that is
 * open but dead (a cut cable, a silent firewall) is thus noticed and made anew.
 */
export function createConnection(target: RedisTarget, settings: RedisOptions & { commandTimeout: number }): Redis {
  const fixed = { ...SETTINGS, socketTimeout: settings.commandTimeout, ...settings };
  if (typeof target === 'string') return new Redis(target, { retryStrategy, ...fixed });
  return new Redis({ retryStrategy, ...target, ...fixed });
}

/** A failing Redis is told once per outage, and its end is told once. */
export class OutageLog {
  private since?: number;

  constructor(
    private readonly logger: Pick<Logger, 'warn' | 'log'>,
    private readonly subject: string,
  ) {}

  failed(error: unknown): void {
    if (this.since !== undefined) return;
    this.since = Date.now();
    this.logger.warn(`${this.subject}: ${messageOf(error)} (said once, until it works again)`);
  }

  recovered(): void {
    if (this.since === undefined) return;
    this.logger.log(`${this.subject}: works again after ${((Date.now() - this.since) / 1000).toFixed(1)} s.`);
    this.since = undefined;
  }
}

/** The text of anything thrown. A refused connection to several addresses has an empty message and a code. */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { message, code } = error as { message?: unknown; code?: unknown };
  return String(message || code || JSON.stringify(error));
}

/** Whether Redis itself answered with an error, so that it is certain what has not happened. */
export const isReply = (error: unknown): boolean => error instanceof Error && error.name === 'ReplyError';

const isReady = (redis: Redis): boolean => redis.status === 'ready';

/** Waits until commands can be sent, or `ms` are over. @returns whether they can. */
export function untilReady(redis: Redis, ms: number): Promise<boolean> {
  if (isReady(redis)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      redis.off('ready', finish);
      resolve(isReady(redis));
    };
    const timer = setTimeout(finish, ms);
    redis.once('ready', finish);
  });
}

/** Ends a connection whatever its state; answers on their way are waited for where there can be any. */
export async function endConnection(redis: Redis): Promise<void> {
  if (isReady(redis)) await redis.quit().catch(() => undefined);
  redis.disconnect();
}
