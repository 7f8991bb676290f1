import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { LivePacket, send } from './live-packet.js';

async function sendAll(conn: Parameters<typeof send>[0], packets: LivePacket[]): Promise<void> {
  for (const packet of packets) {
    while (!conn.transport.writable) await once(conn.transport, 'ready');
    send(conn, packet);
  }
}

describe('LivePacket', () => {
  const http = createServer();
  const server = new Server(http, { serveClient: false, perMessageDeflate: false });
  let client: Socket;
  let left: Promise<unknown>;

  beforeAll(() => new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve)));
  afterAll(() => server.close());
  afterEach(async () => {
    client.disconnect();
    await left;
  });

  it.each(['websocket', 'polling'])('is what emit would send, of any length and several at once, over %s', async (transport) => {
    const texts = [1, 90, 125, 126, 1000, 65_536, 300_000].map((length) => 'é'.repeat(length));
    server.once('connection', ({ conn }) => {
      left = new Promise((resolve) => void conn.once('close', resolve));
      const packets = texts.map((text) => LivePacket.of('frame', JSON.stringify({ text })));
      const [pulse, last] = [LivePacket.of('pulse', '{"at":1}'), LivePacket.of('failure', '{"id":"last"}')];
      void sendAll(conn, [...packets, packets[0]!.behind(pulse), last]);
    });
    client = io(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, { transports: [transport], forceNew: true });
    const received: unknown[] = [];
    await new Promise<void>((resolve) => {
      client.onAny((name: string, message: unknown) => {
        received.push([name, message]);
        if (name === 'failure') resolve();
      });
    });
    const frames = texts.map((text) => ['frame', { text }]);
    expect(received).toEqual([...frames, ['pulse', { at: 1 }], frames[0], ['failure', { id: 'last' }]]);
  });

  it('is put behind another once for all who are sent both', () => {
    const [frame, pulse] = [LivePacket.of('frame', '{}'), LivePacket.of('pulse', '{}')];
    expect(frame.behind(pulse)).toBe(frame.behind(pulse));
    expect(frame.behind(LivePacket.of('pulse', '{"at":1}')).texts).toEqual(['2["pulse",{"at":1}]', '2["frame",{}]']);
  });
});
