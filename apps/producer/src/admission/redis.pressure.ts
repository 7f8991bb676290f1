import { CONSUMER_GROUP, STREAM } from '@analytics/events';
import { streamKey } from '@analytics/redis-streams';
import type { Redis } from 'ioredis';

// In Redis, because only ids and its own clock are wanted: the oldest entry itself may be 240 KiB, once a second and partition.
const OLDEST_AGE = `
  if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
  local after, oldest = '-', false
  for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    local group = {}
    for i = 1, #flat, 2 do group[flat[i]] = flat[i + 1] end
    if group['name'] == ARGV[1] then
      after = '(' .. group['last-delivered-id']
      oldest = redis.call('XPENDING', KEYS[1], ARGV[1])[2]
    end
  end
  if not oldest then
    local unread = redis.call('XRANGE', KEYS[1], after, '+', 'COUNT', 1)[1]
    if not unread then return 0 end
    oldest = unread[1]
  end
  local now = redis.call('TIME')
  return math.max(0, now[1] * 1000 + math.floor(now[2] / 1000) - tonumber(string.match(oldest, '^%d+')))`;

/**
 * Age of the oldest entry of a partition that the consumers' group has not acknowledged, ms by Redis's own clock; 0 when there is none.
 * Without a group nobody has read anything yet, and the first entry counts. Rejects when Redis does not answer.
 */
export const oldestEntryAgeMs = async (redis: Redis, partition: number): Promise<number> =>
  Number(await redis.eval(OLDEST_AGE, 1, streamKey(STREAM, partition), CONSUMER_GROUP));

/**
 * Share of `maxmemory` that is in use, as Redis itself counts before it refuses writes; 0 when no `maxmemory` is set.
 * Rejects when Redis does not answer.
 */
export async function memoryShare(redis: Redis): Promise<number> {
  const info = await redis.info('memory');
  const field = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const limit = field('maxmemory');
  return limit === 0 ? 0 : (field('used_memory') - field('mem_not_counted_for_evict')) / limit;
}
