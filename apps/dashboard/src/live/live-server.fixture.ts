import type {
  ClientToServerEvents,
  LiveFrame,
  PaintedMessage,
  ProblemDto,
  ServerToClientEvents,
  SnapshotFrame,
  SubscribeMessage,
  SubscribeReply,
} from '@analytics/dto';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import type { LiveSocket } from './live-feed.js';

const PLACE = { stream: 'stream', storedAt: null, createdAt: null, pushedAt: 0 };

/** A whole answer without lists of rows, as its `number`th state. */
export const snapshotOf = (id: string, snapshot: object, number = 1): SnapshotFrame => ({ id, ...PLACE, number, snapshot, rows: {} });

/** A patch of one step onto state `number`. */
export const patchOf = (id: string, head: object, number: number): LiveFrame => ({
  id,
  ...PLACE,
  from: number - 1,
  number,
  patch: { head: { ...head }, lists: {} },
});

export const problemOf = (detail: string): ProblemDto => ({
  type: 'urn:analytics:problem:unavailable',
  title: '',
  status: 503,
  detail,
  errors: [],
});

type Answer = (message: SubscribeMessage) => SubscribeReply;

async function listen(http: HttpServer): Promise<number> {
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return (http.address() as AddressInfo).port;
}

/** A real socket.io server on a free port that speaks the gateway's protocol, and answers as the test says. */
export async function startLiveServer() {
  const http = createServer();
  const server = new Server<ClientToServerEvents, ServerToClientEvents>(http);
  const subscribed: SubscribeMessage[] = [];
  const unsubscribed: string[] = [];
  let answer: Answer = ({ id }) => ({ ok: true, frame: snapshotOf(id, { asOf: '2026-01-31T12:00:00.000Z', events: [] }) });
  const painted: PaintedMessage[] = [];
  let clock: () => number = Date.now;
  server.on('connection', (socket) => {
    socket.on('clock', (reply) => reply({ at: clock() }));
    socket.on('painted', (message) => painted.push(message));
    socket.on('subscribe', (message, reply) => {
      subscribed.push(message);
      reply(answer(message));
    });
    socket.on('unsubscribe', ({ id }, reply) => {
      unsubscribed.push(id);
      reply({ ok: true });
    });
  });
  const port = await listen(http);
  const clients: LiveSocket[] = [];
  return {
    subscribed,
    unsubscribed,
    answerWith: (next: Answer) => void (answer = next),
    painted,
    push: (frame: LiveFrame) => server.emit('frame', frame),
    fail: (id: string) => server.emit('failure', { id, problem: problemOf('the database does not answer') }),
    setClock: (now: () => number) => void (clock = now),
    pulse: (at: number, newestReceivedAt: Record<string, number> = {}, report = false) => server.emit('pulse', { at, newestReceivedAt, report }),
    /** Cuts every connection as a broken network does: clients try again. */
    cut: () => server.sockets.sockets.forEach((socket) => socket.conn.close()),
    connect: (): LiveSocket => {
      const client: LiveSocket = io(`http://127.0.0.1:${port}`, {
        transports: ['websocket'],
        reconnectionDelay: 20,
        reconnectionDelayMax: 50,
        forceNew: true,
      });
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) client.disconnect();
      await server.close();
    },
  };
}

/** Asks again every few milliseconds until the expectation holds; its last failure is thrown after 5 s. */
export async function eventually(expectation: () => void): Promise<void> {
  for (const deadline = Date.now() + 5000; ; ) {
    try {
      return expectation();
    } catch (failure) {
      if (Date.now() > deadline) throw failure;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
