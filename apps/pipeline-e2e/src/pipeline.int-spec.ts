import type {
  ClientToServerEvents,
  CreatedKeyDto,
  DeadLettersDto,
  KeyDto,
  LedgerDto,
  PipelineDto,
  ServerToClientEvents,
  SummaryDto,
} from '@analytics/dto';
import { applyFrame, type LiveState } from '@analytics/dto/live';
import { STREAM } from '@analytics/events';
import { eventually } from '@analytics/testing';
import { Redis } from 'ioredis';
import { io, type Socket } from 'socket.io-client';
import { asAdmin, doors, getJson, pageView, pipeline, send, summary } from './pipeline.client.js';

describe('an event that enters by HTTP', () => {
  it('is answered with its id and then found by REST, with what was sent', async () => {
    const event = { ...pageView('e2e_rest', '/e2e/rest'), event_id: '0190f3b0-0000-7000-8000-00000000e2e1' };
    const { status, body } = await send(event);
    expect(status).toBe(200);
    expect(body.results).toEqual([{ index: 0, status: 'accepted', event_id: event.event_id }]);
    await eventually(async () => {
      const recent = await getJson<{ events: { eventId: string; userId: string; properties: unknown }[] }>(
        `${doors.gateway}/api/v1/events/recent?limit=200`,
      );
      const found = recent.body.events.find(({ eventId }) => eventId === event.event_id);
      expect(found).toMatchObject({ userId: 'e2e_rest', properties: pageView('e2e_rest', '/e2e/rest')['properties'] });
    });
  });

  it('reaches a Socket.io subscriber by itself, with the number that REST then gives', async () => {
    const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(doors.gateway, {
      transports: ['websocket'],
      auth: { key: doors.adminKey },
    });
    try {
      let state: LiveState | undefined;
      socket.on('frame', (frame) => (state = applyFrame(state, frame)));
      socket.emit('subscribe', { id: 's1', question: 'metrics/summary', params: { project: 'demo' } }, (reply) => {
        if (reply.ok) state = applyFrame(state, reply.frame);
      });
      const total = (): number | undefined => (state?.answer as SummaryDto | undefined)?.current.totalEvents;
      await eventually(() => expect(total()).toBeDefined());
      const before = total()!;
      await send(Array.from({ length: 7 }, (_, number) => pageView(`e2e_socket_${number}`)));
      await eventually(() => expect(total()).toBe(before + 7));
      expect((await summary('demo')).current.totalEvents).toBe(before + 7);
    } finally {
      socket.disconnect();
    }
  });

  it('is counted for the project of its write key and for no other', async () => {
    const [demo, self] = [(await summary('demo')).current.totalEvents, (await summary('self')).current.totalEvents];
    await send(pageView('e2e_self'), doors.writeKeys.self);
    await eventually(async () => expect((await summary('self')).current.totalEvents).toBe(self + 1));
    expect((await summary('demo')).current.totalEvents).toBe(demo);
  });
});

describe('a write key that is made in the settings', () => {
  it('is taken by the collector within seconds, and refused within seconds of being revoked', async () => {
    const keys = `${doors.gateway}/api/v1/projects/self/keys`;
    const headers = { ...asAdmin, 'content-type': 'application/json' };
    const made = await fetch(keys, { method: 'POST', headers, body: JSON.stringify({ scope: 'ingest', name: 'of the spec' }) });
    const { id, key } = (await made.json()) as CreatedKeyDto;
    await eventually(async () => expect((await send(pageView('e2e_new_key'), key)).status).toBe(200), { timeoutMs: 5_000 });
    const used = async () => (await getJson<KeyDto[]>(keys)).body.find((each) => each.id === id)?.lastUsedAt;
    await eventually(async () => expect(await used()).toMatch(/^2.*Z$/), { timeoutMs: 5_000 });
    expect((await fetch(`${keys}/${id}`, { method: 'DELETE', headers })).status).toBe(204);
    await eventually(async () => expect((await send(pageView('e2e_new_key'), key)).status).toBe(401), { timeoutMs: 5_000 });
  });
});

describe('bad input', () => {
  it('is refused event by event with its path and reason, while the right ones of the batch are stored', async () => {
    const before = (await summary('demo')).current.totalEvents;
    const { properties, ...rest } = pageView('e2e_bad') as { properties: Record<string, unknown> };
    const { status, body } = await send([
      pageView('e2e_good_1'),
      { ...rest, properties: { ...properties, page_url: 'javascript:alert(1)' } },
      { ...rest, event_type: 'Not A Type', properties },
      pageView('e2e_good_2'),
      { ...rest, properties, project_id: 'self' },
    ]);
    expect(status).toBe(200);
    expect([body.accepted, body.rejected]).toEqual([2, 3]);
    const refused = body.results.filter((result) => result.status === 'rejected');
    expect(refused.map(({ index, issues }) => [index, issues?.[0]?.path])).toEqual([
      [1, 'properties.page_url'],
      [2, 'event_type'],
      [4, 'project_id'],
    ]);
    for (const { issues } of refused) expect(issues?.[0]?.message).not.toBe('');
    await eventually(async () => expect((await summary('demo')).current.totalEvents).toBe(before + 2));
  });

  it('put straight into the stream lands in dead letters with its reason and blocks nothing', async () => {
    const before = await pipeline();
    const redis = new Redis(doors.redisUrl);
    try {
      for (let partition = 0; partition < 4; partition++) await redis.xadd(`${STREAM}:{${partition}}`, '*', 'garbage', 'yes', 'from', 'redis-cli');
    } finally {
      await redis.quit();
    }
    await send(Array.from({ length: 20 }, (_, number) => pageView(`e2e_after_garbage_${number}`)));
    const after = await eventually(async (): Promise<PipelineDto> => {
      const now = await pipeline();
      expect([now.deadTotal - before.deadTotal, now.storedTotal - before.storedTotal]).toEqual([4, 20]);
      return now;
    });
    expect(after.deadLetters[0]!.payload).toContain('redis-cli');
    expect(after.deadLetters[0]!.reason).not.toBe('');
  });

  it('in a query is answered 400 with the field and the allowed values', async () => {
    const { status, body } = await getJson<{ detail: string }>(`${doors.gateway}/api/v1/metrics/timeseries?granularity=1ms`);
    expect(status).toBe(400);
    expect(body.detail).toMatch(/granularity.*10s.*1m.*1h/);
  });
});

describe('a dead letter', () => {
  it('can be discarded through the API, once', async () => {
    const redis = new Redis(doors.redisUrl);
    try {
      await redis.xadd(`${STREAM}:{0}`, '*', 'e2e', 'to be discarded');
    } finally {
      await redis.quit();
    }
    const letters = `${doors.gateway}/api/v1/dead-letters`;
    const id = await eventually(async () => {
      const found = (await getJson<DeadLettersDto>(`${letters}?state=dead`)).body.rows.find(({ payload }) => payload.includes('to be discarded'));
      expect(found).toBeDefined();
      return found!.id;
    });
    const discard = async (): Promise<string> =>
      ((await (await fetch(`${letters}/${id}/discard`, { method: 'POST', headers: asAdmin })).json()) as { result: string }).result;
    expect([await discard(), await discard()]).toEqual(['discarded', 'already']);
  });
});

describe('the ledger', () => {
  it('comes to a residue of 0: everything accepted is stored, a duplicate, or dead', async () => {
    await send([...Array.from({ length: 50 }, (_, number) => pageView(`e2e_ledger_${number}`))]);
    await eventually(async () => {
      const { body } = await getJson<LedgerDto>(`${doors.gateway}/api/v1/ledger?project=demo`);
      expect(body.settledUntil).not.toBeNull();
      expect(body.totals).toMatchObject({ residue: 0, inFlight: 0 });
      expect(body.totals.accepted).toBe(body.totals.stored + body.totals.duplicate + body.totals.dead);
    }, { timeoutMs: 30_000 });
  });
});

describe('a consumer that is killed in mid flow', () => {
  it('is started again, and what was accepted is stored exactly once', async () => {
    const before = (await pipeline()).storedTotal;
    const pid = (await getJson<{ pid: number }>(`${doors.consumer}/health`)).body.pid;
    let accepted = 0;
    for (let batch = 0; batch < 60; batch++) {
      const { body } = await send(Array.from({ length: 500 }, (_, number) => pageView(`e2e_kill_${number}`, `/kill/${batch}`)));
      accepted += body.accepted;
      if (batch === 20) process.kill(pid, 'SIGKILL');
    }
    expect(accepted).toBe(30_000);
    await eventually(async () => expect((await pipeline()).storedTotal).toBe(before + accepted), { timeoutMs: 45_000 });
    expect((await getJson<{ pid: number }>(`${doors.consumer}/health`)).body.pid).not.toBe(pid);
    const total = (await summary('demo')).current.totalEvents;
    const all = await getJson<{ series: { values: number[] }[] }>(`${doors.gateway}/api/v1/metrics/timeseries?granularity=10s`);
    expect(all.body.series.flatMap(({ values }) => values).reduce((sum, value) => sum + value, 0)).toBe(total);
  });
});
