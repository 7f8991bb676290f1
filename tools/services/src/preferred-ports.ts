import { ServicesError } from './services-error.js';

/** The ports the services are offered on when they are free. */
export interface PreferredPorts {
  redis: number;
  postgres: number;
}

/** Reads REDIS_PORT (default 6379) and POSTGRES_PORT (default 5432). Throws a ServicesError that names the one that is no port. */
export function preferredPorts(env: NodeJS.ProcessEnv): PreferredPorts {
  return { redis: portOf(env, 'REDIS_PORT', 6379), postgres: portOf(env, 'POSTGRES_PORT', 5432) };
}

function portOf(env: NodeJS.ProcessEnv, name: string, standard: number): number {
  const text = env[name] || String(standard);
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw new ServicesError(`${name} is "${text}", but must be a number from 1 to 65535.`);
}
