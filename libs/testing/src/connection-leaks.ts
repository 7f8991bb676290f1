import { setTimeout as delay } from 'node:timers/promises';
import { withPostgres, withRedis } from '@analytics/services';

/** A closed socket is seen by the server a moment later; real leaks stay. */
const GRACE_MS = 2000;
/** The name withPostgres and withRedis connect by. */
const OWN_NAME = 'analytics-services';

const POSTGRES_LEAKS = `
  SELECT format('PostgreSQL: database %s, application "%s", last statement: %s', datname, application_name, left(query, 120)) AS leak
  FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> '${OWN_NAME}'`;

/** Client connections still open on the two servers after two seconds of grace, each in words: whose it is and what it did last. */
export async function findConnectionLeaks(urls: { redisUrl: string; databaseUrl: string }): Promise<string[]> {
  const deadline = Date.now() + GRACE_MS;
  for (;;) {
    const leaks = [...(await postgresLeaks(urls.databaseUrl)), ...(await redisLeaks(urls.redisUrl))];
    if (leaks.length === 0 || Date.now() > deadline) return leaks;
    await delay(50);
  }
}

function postgresLeaks(url: string): Promise<string[]> {
  return withPostgres(url, async (client) => (await client.query<{ leak: string }>(POSTGRES_LEAKS)).rows.map(({ leak }) => leak));
}

async function redisLeaks(url: string): Promise<string[]> {
  const clients = String(await withRedis(url, (client) => client.client('LIST')));
  return clients
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.includes(` name=${OWN_NAME} `))
    .map((line) => {
      const field = (name: string) => new RegExp(` ${name}=(\\S*)`).exec(line)?.[1] ?? '';
      return `Redis: client "${field('name')}", last command ${field('cmd')}, open for ${field('age')} s`;
    });
}
