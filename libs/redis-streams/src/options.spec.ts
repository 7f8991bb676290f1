import { RedisStreamsClient, RedisStreamsServer } from './index.js';

const client = { redis: 'redis://127.0.0.1:1', stream: 's', partitions: 1, partitionKey: () => 'k' };
const server = { redis: 'redis://127.0.0.1:1', stream: 's', partitions: 1, group: 'g' };

describe('options', () => {
  it('are refused by the client with their name, value, what is wanted and why', () => {
    expect(() => new RedisStreamsClient({ ...client, packMaxItems: 0 })).toThrow(
      'RedisStreamsClient: packMaxItems is 0; expected a whole number, 1 to 100000: a pack is one stream entry',
    );
  });

  it('are refused by the server with their name, value, what is wanted and why', () => {
    expect(() => new RedisStreamsServer({ ...server, retryFirstMs: 100, retryMostMs: 50 })).toThrow(
      'RedisStreamsServer: retryMostMs is 50; expected a whole number, at least 100: it bounds the doubling of retryFirstMs',
    );
  });

  it('are all told at once', () => {
    const bad = { ...client, redis: '', stream: 'a {b}', partitions: 1.5, maxInFlightBytes: 1 };
    for (const name of ['redis is ""', 'stream is "a {b}"', 'partitions is 1.5', 'maxInFlightBytes is 1'])
      expect(() => new RedisStreamsClient(bad)).toThrow(name);
  });

  it('must not rename keys behind the library', () => {
    expect(() => new RedisStreamsServer({ ...server, redis: { keyPrefix: 'x:' } })).toThrow('redis.keyPrefix is "x:"; expected none');
  });

  it('that are left out, or right, are taken', () => {
    expect(new RedisStreamsClient(client).inFlight).toBe(0);
    expect(new RedisStreamsServer(server).partitions()).toEqual([]);
  });
});
