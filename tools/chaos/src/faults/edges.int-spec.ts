import { EVENTS_PATTERN, DEFAULT_PARTITIONS, eventPackCodec, partitionKey, STREAM, tallyKeyOf } from '@analytics/events';
import type { ClientToServerEvents, PipelineDto, ServerToClientEvents, SummaryDto } from '@analytics/dto';
import { applyFrame, type LiveFrame, type LiveState } from '@analytics/dto/live';
import { RedisStreamsClient } from '@analytics/redis-streams';
import { eventually } from '@analytics/testing';
import { io, type Socket } from 'socket.io-client';
import { untilQuiet } from '../settlement.js';
import { PROJECT } from '../system/pipeline-system.js';
import { MatrixSystem } from './matrix.fixture.js';

const DAY_MS = 86_400_000;
type Viewer = Socket<ServerToClientEvents, ClientToServerEvents>;

describe('at the edges,', () => {
  let matrix: MatrixSystem;
  beforeAll(async () => {
    matrix = await MatrixSystem.start();
  });
  afterAll(() => matrix.stop());

  const pipelineState = async (): Promise<PipelineDto> =>
    (await (await matrix.system.ask('/api/v1/pipeline')).json()) as PipelineDto;

  const collect = async (events: unknown[]): Promise<{ results: { status: string; issues?: { path: string }[] }[] }> => {
    const { producer, writeKey } = matrix.system;
    const response = await fetch(`${producer.url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${writeKey}` },
      body: JSON.stringify(events),
    });
    return (await response.json()) as { results: { status: string; issues?: { path: string }[] }[] };
  };

  it('#23 poison that came past the collector is buried piece by piece with its reason, and the rest of the pack is stored', async () => {
    const now = new Date().toISOString();
    const event = (changes: object): unknown => ({
      ...{ event_id: crypto.randomUUID(), timestamp: now, event_type: 'known_event', user_id: 'poison', properties: {} },
      ...{ project_id: PROJECT, received_at: now },
      ...changes,
    });
    const poison = [
      event({ timestamp: '+292277-01-01T00:00:00.000Z' }),
      event({ timestamp: '2026-02-30T00:00:00.000Z' }),
      event({ properties: { text: 'a\u0000b' } }),
      event({ properties: { text: 'x'.repeat(1_048_576) } }),
      event({
        event_type: 'api_call',
        properties: { endpoint: '/', method: 'GET', status_code: 200, duration_ms: -1e300, user_agent: '' },
      }),
      event({ event_id: 'not a uuid' }),
      event({ user_id: 17 }),
      'not an event',
      null,
      [[[]]],
    ];
    matrix.buried += poison.length + 3;
    const good = Array.from({ length: 20 }, () => event({}));
    const mixed = good.flatMap((item, index) => (poison[index] === undefined ? [item] : [poison[index], item]));
    const client = new RedisStreamsClient<unknown>({
      redis: matrix.system.services.redis.url,
      stream: STREAM,
      partitions: DEFAULT_PARTITIONS,
      codec: eventPackCodec,
      partitionKey: () => partitionKey({ project_id: PROJECT, user_id: 'poison' }),
      // What cannot say so itself was accepted for this project as well.
      tally: () => tallyKeyOf({ project_id: PROJECT, received_at: now }),
      packMaxBytes: 4_194_304,
    });
    try {
      const outcomes = await client.emitBatch(EVENTS_PATTERN, mixed);
      expect(outcomes.filter(({ ok }) => !ok)).toEqual([]);
    } finally {
      await client.close();
    }
    // Three kinds of garbage that are no pack: no fields of ours, a body that is no JSON, a body that is no array.
    const entry = (body: string): string[] => [
      'v',
      '1',
      'e',
      EVENTS_PATTERN,
      'p',
      crypto.randomUUID(),
      'q',
      '1',
      'n',
      '1',
      'c',
      '1',
      't',
      '1',
      'b',
      body,
    ];
    for (const fields of [['garbage', 'yes'], entry('{not json'), entry('{}')])
      await matrix.system.redis.xadd(`${STREAM}:{0}`, '*', ...fields);
    await matrix.send(500);
    expect(await matrix.faults()).toEqual([]);
    const { rows } = await matrix.system.database.query<{ n: number }>(`SELECT count(*) AS n FROM events WHERE user_id = 'poison'`);
    expect(rows).toEqual([{ n: good.length }]);
    const letters = await matrix.system.database.query<{ reason: string }>('SELECT reason FROM dead_letters');
    for (const { reason } of letters.rows) expect(reason).not.toBe('');
  });

  it('#33 ten times the rate for ten seconds: nothing is lost, and the delay goes back to what it was', async () => {
    await matrix.underLoad(() => matrix.moreAcknowledged(300), 100);
    const client = matrix.newSender();
    client.start(1_000);
    await matrix.moreAcknowledged(10_000);
    await client.stop();
    await untilQuiet(matrix.system, 15_000);
    await matrix.underLoad(async () => {
      await matrix.moreAcknowledged(100);
      await eventually(async () => expect((await pipelineState()).timeLagMs).toBeLessThan(1_000));
    }, 100);
    expect(await matrix.faults()).toEqual([]);
  });

  it('#35 the gateway is killed -9 with 500 viewers: all come back, and see the right number', async () => {
    const { gateway } = matrix.system;
    const states = new Map<Viewer, LiveState | undefined>();
    const viewers: Viewer[] = Array.from({ length: 500 }, () =>
      io(gateway.url, { transports: ['websocket'], auth: { key: matrix.system.adminKey }, reconnectionDelay: 200, reconnectionDelayMax: 2_000 }),
    );
    const look = (viewer: Viewer, frame: LiveFrame): void => void states.set(viewer, applyFrame(states.get(viewer), frame));
    const seen = (): (number | undefined)[] => [...states.values()].map((state) => (state?.answer as SummaryDto | undefined)?.current.totalEvents);
    try {
      for (const viewer of viewers) {
        viewer.on('frame', (frame) => look(viewer, frame));
        viewer.on('connect', () => {
          const message = { id: 's', question: 'metrics/summary', params: { project: PROJECT } } as const;
          viewer.emit('subscribe', message, (reply) => reply.ok && look(viewer, reply.frame));
        });
      }
      await eventually(() => expect(seen()).toHaveLength(500), { timeoutMs: 30_000 });
      await gateway.kill();
      await matrix.send(700);
      await untilQuiet(matrix.system);
      await gateway.ready();
      const summary = (await (await matrix.system.ask(`/api/v1/metrics/summary?project=${PROJECT}`)).json()) as SummaryDto;
      await eventually(() => expect(new Set(seen())).toEqual(new Set([summary.current.totalEvents])), { timeoutMs: 30_000 });
      expect((await pipelineState()).liveClients).toBe(500);
    } finally {
      for (const viewer of viewers) viewer.disconnect();
    }
  });

  it('#36 late by 30 days, ahead by a year, and at the change of clocks: the policy holds, and no thousand chunks are made', async () => {
    const at = (ms: number): object => ({
      event_type: 'late_event',
      user_id: 'late',
      timestamp: new Date(ms).toISOString(),
      properties: {},
    });
    const now = Date.now();
    const chunks = async (): Promise<number> => {
      const { rows } = await matrix.system.database.query<{ n: number }>(
        `SELECT count(*) AS n FROM timescaledb_information.chunks WHERE hypertable_name = 'events'`,
      );
      return rows[0]!.n;
    };
    const before = await chunks();
    const late = Array.from({ length: 600 }, (_, index) => at(now - (30 * DAY_MS * index) / 600));
    const ahead = [at(now + 366 * DAY_MS), { ...at(0), timestamp: '9999-12-31T23:59:59.999Z' }];
    const tooOld = at(now - 200 * DAY_MS);
    // 01:30 comes twice where clocks go back: two instants, an hour apart, which are told apart by their offset.
    const day = new Date(now - DAY_MS).toISOString().slice(0, 10);
    const twice = ['+02:00', '+01:00'].map((offset) => ({ ...at(0), user_id: 'twice', timestamp: `${day}T01:30:00.000${offset}` }));
    const { results } = await collect([...late, ...ahead, ...twice, tooOld]);
    expect(results.map(({ status }) => status).filter((status) => status !== 'accepted')).toEqual(['rejected']);
    expect(results.at(-1)?.issues?.[0]?.path).toBe('timestamp');
    expect(await matrix.faults()).toEqual([]);
    const { rows } = await matrix.system.database.query<{ ahead: number; apart: number }>(
      `SELECT (SELECT count(*) FROM events WHERE clock_adjusted AND time < now() + interval '1 minute') AS ahead,
              (SELECT extract(epoch FROM max(time) - min(time))::int FROM events WHERE user_id = 'twice') AS apart`,
    );
    expect(rows).toEqual([{ ahead: 2, apart: 3_600 }]);
    expect((await chunks()) - before).toBeLessThanOrEqual(32);
  });
});
