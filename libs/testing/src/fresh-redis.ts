import { withRedis } from '@analytics/services';
import { testServiceUrl } from './test-services.js';

/**
 * Empties the private Redis of this run and returns its address. Specs of a project run one file at a time (`maxWorkers: 1`), so nobody
 * else's keys are lost.
 */
export async function freshRedis(): Promise<string> {
  const url = testServiceUrl('TEST_REDIS_URL');
  await withRedis(url, (client) => client.flushall());
  return url;
}
