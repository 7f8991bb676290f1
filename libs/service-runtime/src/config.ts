import { z } from 'zod';

/** A bad environment: every fault on a line of its own. */
export class ConfigError extends Error {}

/**
 * Reads a service's environment by its one schema, before Nest boots.
 * An empty variable counts as not set, as in a `.env` file.
 * @throws {ConfigError} naming every faulty variable, its value and what is wanted.
 */
export function loadConfig<T extends z.ZodObject>(service: string, schema: T, env: Record<string, string | undefined> = process.env): z.infer<T> {
  const given = Object.fromEntries(Object.keys(schema.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const value = given[name] === undefined ? 'is not set' : `is ${JSON.stringify(masked(name, given[name]))}`;
    const meaning = schema.shape[name]?.description;
    return `  ${name} ${value}: ${issue.message}${meaning ? ` (${meaning})` : ''}`;
  });
  throw new ConfigError(`${service}: the environment is not usable:\n${faults.join('\n')}`);
}

// A URL may carry a password and a key is one; neither belongs in a log.
const masked = (name: string, value: string): string => (/KEY|PASSWORD|SECRET/.test(name) ? '***' : value.replace(/:\/\/([^:/@]*):[^@]*@/, '://$1:***@'));

/** An integer variable within bounds. */
export const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^-?\d+$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `expected at least ${min}`).max(max, `expected at most ${max}`));

/** A TCP port; 0 lets the system choose one. */
export const port = integer(0, 65_535);

/** `true` or `false`. */
export const flag = z.enum(['true', 'false'], 'expected true or false').transform((text) => text === 'true');

const url = (protocols: RegExp, example: string) => z.url({ protocol: protocols, hostname: /.*/, error: `expected a URL such as ${example}` });

export const redisUrl = url(/^rediss?$/, 'redis://localhost:6379');
export const postgresUrl = url(/^postgres(ql)?$/, 'postgres://user:password@localhost:5432/analytics');
export const httpUrl = url(/^https?$/, 'http://localhost:3001');

/** Variables that every service has. */
export const serviceEnvironment = {
  HOST: z.string().default('127.0.0.1').describe('address to listen on; loopback unless a proxy in front authenticates'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('json').describe('pretty is for people at a terminal'),
};
