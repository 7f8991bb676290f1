import type { RedisTarget } from './redis-connection.js';

interface Bounds {
  least?: number;
  most?: number;
  why: string;
}

/** Faults of an options object, all told at once. */
export class OptionChecks {
  private readonly faults: string[] = [];

  constructor(private readonly subject: string) {}

  /** A whole number within bounds. */
  whole(name: string, value: unknown, { least = 1, most = Number.MAX_SAFE_INTEGER, why }: Bounds): this {
    const good = typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most;
    const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `${least} to ${most}`;
    return this.check(good, name, value, `a whole number, ${range}`, why);
  }

  /** Text that can stand in a Redis key. */
  name(name: string, value: unknown, why: string): this {
    const good = typeof value === 'string' && value !== '' && !/[{}\s]/.test(value);
    return this.check(good, name, value, 'a name without spaces or braces', why);
  }

  /** Where Redis is. */
  redis(target: RedisTarget): this {
    this.check(Boolean(target), 'redis', target, 'a URL or ioredis options', 'there is no default address');
    const prefix = typeof target === 'string' ? undefined : target?.keyPrefix;
    return this.check(!prefix, 'redis.keyPrefix', prefix, 'none', 'the keys are named by option stream alone');
  }

  check(good: boolean, name: string, value: unknown, wanted: string, why: string): this {
    if (!good) this.faults.push(`${name} is ${show(value)}; expected ${wanted}: ${why}`);
    return this;
  }

  /** @throws {Error} naming every option that is wrong, its value, what is wanted and why. */
  done(): void {
    if (this.faults.length > 0) throw new Error(`${this.subject}: ${this.faults.join('; ')}`);
  }
}

const show = (value: unknown): string => (typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value)));
