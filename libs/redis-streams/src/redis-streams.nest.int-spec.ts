import { eventually, freshRedis } from '@analytics/testing';
import { Controller, Inject, Injectable, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxy, Ctx, EventPattern, MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import { lastValueFrom, map, of, type Observable } from 'rxjs';
import { REDIS_STREAMS, RedisStreamsClient, RedisStreamsContext, RedisStreamsServer, stored, type Outcome } from './index.js';
import { GROUP } from './transport.fixture.js';

const orders: string[] = [];
const seen: string[] = [];
let ordersFailing = 0;

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
const newServer = (): RedisStreamsServer =>
  new RedisStreamsServer({ redis: url, stream: 'shop', partitions: 2, group: GROUP, blockMs: 100, retryFirstMs: 10 });

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

  it('refuses to start with a handler that would answer', async () => {
    const answering = await NestFactory.createMicroservice(AnsweringModule, { strategy: newServer(), logger: false, abortOnError: false });
    await expect(answering.listen()).rejects.toThrow('@MessagePattern(question): a stream has no answers');
  });
});
