import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DeadLetterActionDto, DeadLetterDto, DeadLettersDto, ProblemDto, RecentEventsDto } from '@analytics/dto';
import { parseIngestedEvent } from '@analytics/events';
import { eventually, freshDatabase, freshRedis, type FreshDatabase } from '@analytics/testing';
import { prepareDatabase } from '@analytics/timescale';
import { makePerson, PASSWORD } from '../access/access.fixture.js';
import { addressesOf, EventStore, pageView, RunningGateway } from '../gateway.fixture.js';
import { LiveWatch } from '../live/live-watch.fixture.js';

const LONG_TEXT = 'x'.repeat(10_000);

describe('dead letters', () => {
  let database: FreshDatabase;
  let store: EventStore;
  let gateway: RunningGateway;
  let consumer: Server;
  const event = pageView();

  /** The stream-consumer's door, with the store behind it. */
  async function startConsumer(): Promise<string> {
    consumer = createServer(({ url, method }, response) => {
      const [, id, action] = /^\/dead-letters\/(\d+)\/(replay|discard)$/.exec(url ?? '') ?? [];
      if (method !== 'POST' || id === undefined) return void response.writeHead(404).end();
      const settling = action === 'discard' ? discard(Number(id)) : replay(Number(id));
      void settling.then((answer) => response.end(JSON.stringify(answer)));
    });
    await new Promise<void>((resolve) => consumer.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(consumer.address() as AddressInfo).port}`;
  }
  const discard = async (id: number) => ({ result: await store.letters.discard(id) });
  async function replay(id: number) {
    const result = await store.letters.replay(id, (payload) => {
      const parsed = parseIngestedEvent(JSON.parse(payload.toString()));
      return parsed.ok ? parsed.event : 'still invalid';
    });
    return { result: result.kind, reason: result.kind === 'invalid' ? result.reason : undefined };
  }

  beforeAll(async () => {
    database = await freshDatabase(prepareDatabase);
    const redisUrl = await freshRedis();
    store = await EventStore.open({ ...database, redisUrl }, ['demo', 'self']);
    const env = { ...addressesOf(database, redisUrl), CONSUMER_URL: await startConsumer() };
    gateway = await RunningGateway.start({ ...env, CORS_ORIGINS: 'https://partner.example' });
    const letter = (reason: string, payload: string | Buffer, projectId?: string) => ({ reason, payload: Buffer.from(payload), projectId });
    await store.store(
      [],
      [
        letter('user_id: expected text', JSON.stringify(event), 'demo'),
        letter('User_ID: expected text of 1 to 128 characters', '{"user_id":7}', 'demo'),
        letter('properties: too large', `{"a":"${LONG_TEXT}"}`, 'self'),
        letter('not a pack of events', Buffer.from([0xff, 0x00])),
      ],
    );
  });
  afterAll(async () => {
    await gateway?.close();
    consumer?.close();
    await store?.close();
    await database?.drop();
  });

  const list = async (query = ''): Promise<DeadLettersDto> => {
    const { status, body } = await gateway.json<DeadLettersDto>(`/api/v1/dead-letters?${query}`);
    expect({ query, status }).toEqual({ query, status: 200 });
    return body;
  };
  const reasons = async (query: string): Promise<string[]> => (await list(query)).rows.map(({ reason }) => reason.slice(0, 10));
  const idOf = async (reason: string): Promise<number> => (await list(`reason=${reason}`)).rows[0]!.id;
  const act = (id: number | string, action: 'replay' | 'discard', headers?: Record<string, string>) =>
    gateway.post<DeadLetterActionDto & ProblemDto>(`/api/v1/dead-letters/${id}/${action}`, headers);

  it('are listed newest first, of all projects, with how many there are for each reason', async () => {
    const { total, byReason, rows } = await list();
    expect([total, byReason.length]).toEqual([4, 4]);
    expect(rows.map(({ projectId }) => projectId)).toEqual([null, 'self', 'demo', 'demo']);
    expect(rows[0]).toMatchObject({ payload: '/wA=', payloadEncoding: 'base64', state: 'dead', resolvedAt: null, stream: 'spec', partition: 0 });
  });

  it('can be narrowed by reason, project and state, and read page by page', async () => {
    expect(await reasons('reason=user_id')).toEqual(['User_ID: e', 'user_id: e']);
    expect(await reasons('reason=user_id&limit=1')).toEqual(['User_ID: e']);
    expect(await reasons(`reason=user_id&before=${await idOf('128')}`)).toEqual(['user_id: e']);
    expect(await reasons('project=self')).toEqual(['properties']);
    expect(await reasons('project=self&state=replayed')).toEqual([]);
    expect(await reasons('reason=100%25')).toEqual([]);
    expect((await list('project=demo&reason=nothing')).total).toBe(2);
  });

  it('have their payload cut in lists, and whole by their id', async () => {
    const [row] = (await list('project=self')).rows;
    expect([row!.payload.length, row!.payloadComplete]).toEqual([4096, false]);
    const { body } = await gateway.json<DeadLetterDto>(`/api/v1/dead-letters/${row!.id}`);
    expect(body).toEqual({ ...row, payload: `{"a":"${LONG_TEXT}"}`, payloadComplete: true });
  });

  it('are stored after all by a replay, once, however often and at once it is asked for', async () => {
    const oldest = (await list()).rows.at(-1)!.id;
    const answers = await Promise.all([act(oldest, 'replay'), act(oldest, 'replay'), act(oldest, 'replay')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.map(({ body }) => body.result).sort()).toEqual(['already', 'already', 'replayed']);
    const { body } = await gateway.json<RecentEventsDto>('/api/v1/events/recent');
    expect(body.events.map(({ eventId }) => eventId)).toEqual([event.event_id]);
    expect((await list('state=replayed')).rows).toEqual([expect.objectContaining({ id: oldest, resolvedAt: expect.any(String) })]);
  });

  it('stay dead when they still cannot be stored, and the answer tells why', async () => {
    const id = await idOf('128');
    expect(await act(id, 'replay')).toEqual({ status: 200, body: { id, result: 'invalid', reason: 'still invalid' } });
    expect((await gateway.json<DeadLetterDto>(`/api/v1/dead-letters/${id}`)).body.state).toBe('dead');
  });

  it('are given up by discarding them, and that is pushed to viewers', async () => {
    const client = await gateway.connect();
    const watch = await LiveWatch.open(client, 'dead-letters', { state: 'discarded' });
    const id = await idOf('properties');
    expect((await act(id, 'discard')).body).toEqual({ id, result: 'discarded' });
    expect((await act(id, 'discard')).body).toEqual({ id, result: 'already' });
    await eventually(() => expect(watch.answer.rows.map((row) => row.id)).toEqual([id]));
  });

  it('answer 404 when there is none of this id, and 400 for what is no id', async () => {
    const missing = { type: 'urn:analytics:problem:not-found', status: 404, detail: 'dead letter 999 does not exist', errors: [] };
    expect(await gateway.json('/api/v1/dead-letters/999')).toMatchObject({ status: 404, body: missing });
    expect(await act(999, 'replay')).toMatchObject({ status: 404, body: missing });
    for (const id of ['0', '-1', '1.5', 'x', '1e3', '9'.repeat(30)]) {
      const { status, body } = await act(id, 'discard');
      const message = 'id must be the id of a dead letter, a whole number from 1';
      expect([status, body.errors]).toEqual([400, [{ field: 'id', value: id, message }]]);
    }
  });

  it('can be acted on, with a session, by pages of known origins only', async () => {
    const id = await idOf('pack');
    await makePerson(gateway, 'ada@spec.example', 'admin');
    const as = await gateway.signIn('ada@spec.example', PASSWORD);
    const discard = (headers: Record<string, string>) =>
      gateway.json<ProblemDto>(`/api/v1/dead-letters/${id}/discard`, { method: 'POST', as, headers });
    for (const [name, value] of [['origin', 'https://evil.example'], ['origin', 'null'], ['sec-fetch-site', 'cross-site']] as const) {
      const { status, body } = await discard({ [name]: value });
      expect([status, body.detail]).toEqual([403, expect.stringContaining('may not change anything here')]);
    }
    expect((await gateway.json<DeadLetterDto>(`/api/v1/dead-letters/${id}`)).body.state).toBe('dead');
    for (const origin of [gateway.url, 'https://partner.example']) expect((await discard({ origin })).status).toBe(200);
  });

  it('stay as they are while the consumer is away, and the answer says so', async () => {
    consumer.closeAllConnections();
    await new Promise((resolve) => consumer.close(resolve));
    const { status, body } = await act(await idOf('128'), 'discard');
    expect([status, body.detail]).toEqual([503, expect.stringMatching(/^the stream-consumer does not answer .* CONSUMER_URL/)]);
    expect((await list('reason=128')).rows[0]!.state).toBe('dead');
  });
});
