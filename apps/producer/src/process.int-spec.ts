import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { STREAM } from '@analytics/events';
import { streamKey } from '@analytics/redis-streams';
import { eventually, freePort, freshRedis } from '@analytics/testing';
import { v7 as uuidv7 } from 'uuid';
import type { CollectorAnswer } from './collector/event.collector.js';
import { allowKey, sendEvents, streamedEvents, withRedis } from './testing/running-producer.js';

const DIST = resolve(__dirname, '../dist');
const id = (n: number): string => `0190b0c0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const custom = (n: number) => ({ event_id: id(n), event_type: 'signed_up', user_id: `user_${n % 7}`, properties: { n } });

let redisUrl: string;
beforeEach(async () => {
  redisUrl = await freshRedis();
  await allowKey(redisUrl);
});

const children = new Set<ChildProcess>();
// A failed test must not leave a program behind.
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});
/** A program takes seconds to start on a busy machine. */
const STARTING = { timeoutMs: 25_000 };

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** The built program, as `npm start` and `nx run producer:replay` run it. */
function run(file: string, args: string[] = [], env: Record<string, string> = {}): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [join(DIST, file), ...args], { env: { ...process.env, REDIS_URL: redisUrl, ...env } });
  children.add(child);
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number | null, ...text })) };
}

describe('the program', () => {
  it('stopped by SIGTERM under load loses nothing that it accepted, answers what it has in hand, and exits with 0', async () => {
    const port = await freePort();
    const { child, ended } = run('main.js', [], { PORT: String(port), PUBLISH_LINGER_MS: '100', LOG_LEVEL: 'warn' });
    const url = `http://127.0.0.1:${port}`;
    await eventually(async () => expect((await fetch(`${url}/ready`)).status).toBe(200), STARTING);

    const accepted = new Set<string>();
    const statuses = new Set<number>();
    let next = 0;
    const client = async (): Promise<void> => {
      for (;;) {
        const response = await sendEvents(url, custom(next++)).catch(() => undefined);
        if (!response) return; // the port is closed
        statuses.add(response.status);
        const { results } = (await response.json()) as CollectorAnswer;
        for (const result of results) if (result.status === 'accepted') accepted.add(result.event_id);
        if (accepted.size === 40) child.kill('SIGTERM');
      }
    };
    await Promise.all(Array.from({ length: 20 }, client));

    expect(await ended).toMatchObject({ code: 0, err: '' });
    expect([...statuses]).toEqual([200]);
    const streamed = new Set((await streamedEvents(redisUrl)).map(({ event_id }) => event_id));
    expect([...accepted].filter((each) => !streamed.has(each))).toEqual([]);
    expect(streamed.size).toBe(accepted.size);
  });

  it('says every fault of its environment and exits with 1', async () => {
    const wrong = { PORT: '99999', ADMIT_MAX_LAG_MS: '5', ADMIT_MAX_MEMORY: '90%', BURST_INTERVAL_MS: 'often', BURST_DURATION_MS: '0' };
    const { ended } = run('main.js', [], wrong);
    const { code, err } = await ended;
    expect(code).toBe(1);
    for (const [name, value] of Object.entries(wrong)) expect(err).toContain(`${name} is "${value}": expected`);
  });
});

describe('the program killed', () => {
  const startProgram = async (env: Record<string, string>): Promise<{ url: string; child: ChildProcess; ended: Promise<Ended> }> => {
    const port = await freePort();
    const program = run('main.js', [], { PORT: String(port), LOG_LEVEL: 'warn', ...env });
    const url = `http://127.0.0.1:${port}`;
    await eventually(async () => expect((await fetch(`${url}/ready`)).status).toBe(200), STARTING);
    return { url, ...program };
  };
  const sendAgain = async (events: unknown): Promise<void> => {
    const { url, child, ended } = await startProgram({});
    expect(await (await sendEvents(url, events)).json()).toMatchObject({ failed: 0, rejected: 0 });
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0 });
  };

  it('after Redis has answered and before the sender has: a retry carries the same id and the same time', async () => {
    const { url, child, ended } = await startProgram({ FAILPOINT: 'after-xadd:3', PUBLISH_LINGER_MS: '0' });
    const events = Array.from({ length: 3 }, () => ({ event_id: uuidv7(), event_type: 'signed_up', user_id: 'ada', properties: {} }));
    const answers: (number | undefined)[] = [];
    for (const event of events) answers.push((await sendEvents(url, event).catch(() => undefined))?.status);
    await ended;
    expect([answers, child.signalCode]).toEqual([[200, 200, undefined], 'SIGKILL']);

    await sendAgain(events[2]);
    const streamed = (await streamedEvents(redisUrl)).map(({ event_id, timestamp }) => ({ event_id, timestamp }));
    const times = events.map(({ event_id }) => new Date(parseInt(event_id.replace('-', '').slice(0, 12), 16)).toISOString());
    expect(streamed).toEqual([0, 1, 2, 2].map((index) => ({ event_id: events[index]?.event_id, timestamp: times[index] })));
  });

  it('between two packs of a request: a pack is there whole or not at all, and a retry completes the request', async () => {
    const { url, child, ended } = await startProgram({ FAILPOINT: 'mid-pack' });
    const events = Array.from({ length: 1000 }, (_, n) => ({ ...custom(n), user_id: 'ada' }));
    expect(await sendEvents(url, events).catch(() => undefined)).toBeUndefined();
    await ended;
    expect(child.signalCode).toBe('SIGKILL');
    const ids = async (): Promise<string[]> => (await streamedEvents(redisUrl)).map(({ event_id }) => event_id);
    const first = await ids();
    expect(first).toEqual(events.slice(0, 500).map(({ event_id }) => event_id));

    await sendAgain(events);
    expect(new Set(await ids())).toEqual(new Set(events.map(({ event_id }) => event_id)));
  });
});

describe('the replay of a file', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'replay-'))));
  afterEach(() => rm(folder, { recursive: true }));

  const replay = async (lines: unknown[], ...args: string[]): Promise<Ended> => {
    const file = join(folder, 'events.ndjson');
    await writeFile(file, lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
    return run('replay/main.js', ['--file', file, '--project', 'shop', '--rate', '100000', ...args]).ended;
  };

  it('publishes its events in order with their ids and times', async () => {
    const timestamp = new Date(Date.now() - 86_400_000).toISOString();
    const events = Array.from({ length: 1200 }, (_, n) => ({ ...custom(n), user_id: 'ada', timestamp }));
    expect(await replay(events)).toMatchObject({ code: 0, err: '', out: expect.stringContaining('replay: 1200 accepted, 0 bad lines') });
    const received = (await streamedEvents(redisUrl)).map(({ event_id, timestamp: at, project_id }) => [event_id, at, project_id]);
    expect(received).toEqual(events.map(({ event_id }) => [event_id, timestamp, 'shop']));
  });

  it('names bad lines, publishes the others, and exits with 1', async () => {
    const { code, out, err } = await replay([custom(1), 'oops', '', { ...custom(2), user_id: 5 }, custom(3)]);
    expect(code).toBe(1);
    expect(err).toMatch(/replay: line 2: \(root\) is not valid JSON: [^]*replay: line 4: user_id /);
    expect(out).toContain('replay: 2 accepted, 2 bad lines');
    expect((await streamedEvents(redisUrl)).map(({ event_id }) => event_id).sort()).toEqual([id(1), id(3)]);
  });

  it('makes new events of them with --now', async () => {
    const startedAt = Date.now();
    expect(await replay([{ ...custom(1), timestamp: '2026-01-01T00:00:00Z' }], '--now')).toMatchObject({ code: 0 });
    const [event] = await streamedEvents(redisUrl);
    expect(event?.event_id).not.toBe(id(1));
    expect(Date.parse(event?.timestamp ?? '')).toBeGreaterThanOrEqual(startedAt);
  });

  it('goes round with --loop until it is interrupted, and then ends in order', async () => {
    const file = join(folder, 'events.ndjson');
    await writeFile(file, `${JSON.stringify(custom(1))}\n${JSON.stringify(custom(2))}\n`);
    const { child, ended } = run('replay/main.js', ['--file', file, '--rate', '1000', '--loop']);
    await eventually(async () => expect((await streamedEvents(redisUrl)).length).toBeGreaterThan(20), STARTING);
    child.kill('SIGINT');
    const { code, out } = await ended;
    const events = await streamedEvents(redisUrl);
    expect(code).toBe(0);
    expect(out).toContain(`replay: ${events.length} accepted, 0 bad lines`);
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);
  });

  it('waits while storing is too far behind, and goes on afterwards', async () => {
    await withRedis(redisUrl, (redis) => redis.xadd(streamKey(STREAM, 0), `${Date.now() - 120_000}-0`, 'v', '1'));
    const file = join(folder, 'events.ndjson');
    await writeFile(file, `${JSON.stringify(custom(1))}\n${JSON.stringify(custom(2))}\n`);
    const { child, ended } = run('replay/main.js', ['--file', file]);
    let out = '';
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await eventually(() => expect(out).toContain('replay: 0 accepted, 0 bad lines'), STARTING);
    await withRedis(redisUrl, (redis) => redis.del(streamKey(STREAM, 0)));
    expect(await ended).toMatchObject({ code: 0, out: expect.stringContaining('replay: 2 accepted, 0 bad lines, done') });
  });

  it('of a file that is not there is one sentence, and exits with 1', async () => {
    const { code, err } = await run('replay/main.js', ['--file', '/nowhere/events.ndjson']).ended;
    expect([code, err]).toEqual([1, expect.stringMatching(/^replay: there is no file \/nowhere\/events\.ndjson .*\n$/)]);
  });
});
