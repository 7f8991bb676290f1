import { eventually, freshRedis } from '@analytics/testing';
import { Controller, Inject, Injectable, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxy, Ctx, EventPattern, MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import { lastValueFrom, map, of, type Observable } from 'rxjs';
import { REDIS_STREAMS, RedisStreamsClient, RedisStreamsContext, RedisStreamsServer, dead, stored, type Outcome } from './index.js';
import type { RedisStreamsServerOptions } from './index.js';
import { GROUP, MemoryOwnership } from './transport.fixture.js';

const orders: string[] = [];
const seen: string[] = [];
let ordersFailing = 0;
let lettersFailing = 0;

@Controller()
class OrdersController {
  @EventPattern<string>('orders')
  store(@Payload() items: string[], @Ctx() context: RedisStreamsContext): Outcome[] {
    if (ordersFailing-- > 0) throw new RpcException('the store is away');
    seen.push(`partition ${context.getPartition()}, attempt ${context.getAttempt()}`);
    orders.push(...items);
    return items.map(stored);
  }

  @EventPattern<string>('bills', REDIS_STREAMS)
  bill(items: string[]): Observable<Outcome[]> {
    return of(items).pipe(
      map((each) => {
        orders.push(...each.map((item) => `billed ${item}`));
        return each.map(stored);
      }),
    );
  }
}

@Controller()
class LettersController {
  @EventPattern<string>('letters', { single: true })
  async read(@Payload() letter: string, @Ctx() context: RedisStreamsContext): Promise<void> {
    seen.push(`${letter}, attempt ${context.getAttempt()}`);
    await Promise.resolve();
    if (letter === 'b' && lettersFailing-- > 0) throw new Error('not now');
  }

  @EventPattern<string>('parcels', { single: true })
  weigh(parcel: string): Observable<Outcome> {
    return of(parcel).pipe(map((each) => (each === 'bomb' ? dead('dangerous') : stored())));
  }
}

@Module({ controllers: [LettersController] })
class LettersModule {}

@Injectable()
class Shop {
  constructor(@Inject('STREAMS') readonly client: ClientProxy) {}
}

@Module({ controllers: [OrdersController], providers: [Shop, { provide: 'STREAMS', useFactory: () => newClient() }] })
class ShopModule {}

@Controller()
class AnsweringController {
  @MessagePattern('question')
  answer(): string {
    return 'never sent';
  }
}

@Module({ controllers: [AnsweringController] })
class AnsweringModule {}

let url: string;
const newClient = (): RedisStreamsClient<string> =>
  new RedisStreamsClient<string>({ redis: url, stream: 'shop', partitions: 2, partitionKey: (item) => item });
const newServer = (options: Partial<RedisStreamsServerOptions> = {}): RedisStreamsServer =>
  new RedisStreamsServer({ redis: url, stream: 'shop', partitions: 2, group: GROUP, blockMs: 100, retryFirstMs: 10, ...options });

describe('the transport in a Nest application', () => {
  let app: INestMicroservice | undefined;

  beforeEach(async () => {
    url = await freshRedis();
    orders.length = 0;
    seen.length = 0;
    ordersFailing = 0;
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  async function start(): Promise<ClientProxy> {
    app = await NestFactory.createMicroservice(ShopModule, { strategy: newServer(), logger: false });
    await app.listen();
    return app.get(Shop).client;
  }

  it('carries events from a ClientProxy to decorated handlers', async () => {
    const client = await start();
    await lastValueFrom(client.emit('orders', 'tea'));
    await lastValueFrom(client.emit('bills', 'tea'));
    await eventually(() => expect(orders.sort()).toEqual(['billed tea', 'tea']));
    expect(seen).toEqual([expect.stringMatching(/^partition [01], attempt 1$/)]);
    await client.close();
  });

  it('hands a batch over again when the handler throws, although Nest turns that into a value', async () => {
    const client = await start();
    ordersFailing = 2;
    await lastValueFrom(client.emit('orders', 'coffee'));
    await eventually(() => expect(orders).toEqual(['coffee']));
    expect(seen).toEqual([expect.stringMatching(/attempt 3$/)]);
    await client.close();
  });

  it('gives single-event handlers one item at a time, and again from the one that threw', async () => {
    const strategy = newServer();
    app = await NestFactory.createMicroservice(LettersModule, { strategy, logger: false });
    await app.listen();
    lettersFailing = 2;
    const client = new RedisStreamsClient<string>({ redis: url, stream: 'shop', partitions: 2, partitionKey: () => 'k' });
    await client.emitBatch('letters', ['a', 'b', 'c']);
    const tries = ['a, attempt 1', 'b, attempt 1', 'b, attempt 2', 'b, attempt 3', 'c, attempt 3'];
    await eventually(() => expect(seen).toEqual(tries));
    await client.emitBatch('parcels', ['book', 'bomb']);
    const totals = (): number[] => strategy.partitions().flatMap(({ storedTotal, deadTotal }) => [storedTotal, deadTotal]);
    await eventually(() => expect(totals().sort()).toEqual([0, 0, 1, 4]));
    await client.close();
  });

  it('refuses single-event handlers with an offset store, which commits batches', async () => {
    const strategy = newServer({ ownership: new MemoryOwnership() });
    const letters = await NestFactory.createMicroservice(LettersModule, { strategy, logger: false, abortOnError: false });
    await expect(letters.listen()).rejects.toThrow('@EventPattern(letters, { single: true })');
  });

  it('refuses to start with a handler that would answer', async () => {
    const answering = await NestFactory.createMicroservice(AnsweringModule, { strategy: newServer(), logger: false, abortOnError: false });
    await expect(answering.listen()).rejects.toThrow('@MessagePattern(question): a stream has no answers');
  });
});
