import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '@analytics/testing';
import { TcpProxy } from './tcp-proxy.js';

describe('the relay', () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.pipe(socket).on('error', () => undefined);
  });
  let proxy: TcpProxy;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy = await TcpProxy.start(`tcp://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterAll(async () => {
    await proxy.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  function open(): { socket: Socket; received: () => string; closed: () => boolean } {
    const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
    let text = '';
    let closed = false;
    socket.on('data', (data) => (text += data.toString())).on('error', () => undefined);
    socket.on('close', () => (closed = true));
    return { socket, received: () => text, closed: () => closed };
  }

  it('carries bytes in order, also when its delay ends while some are on their way', async () => {
    const { socket, received } = open();
    let sent = '';
    for (let number = 0; number < 60; number++) {
      proxy.delay(number % 3 === 0 ? 20 : 0);
      socket.write(`${number},`);
      sent += `${number},`;
      await pause(2);
    }
    proxy.delay(0);
    await eventually(() => expect(received()).toBe(sent));
    socket.destroy();
  });

  it('loses the answer to one message, and with it the connection; the message has arrived', async () => {
    const { socket, received, closed } = open();
    const { happened } = proxy.loseAnswerTo('COMMIT');
    socket.write('begin');
    await eventually(() => expect(received()).toBe('begin'));
    socket.write('commit');
    await happened;
    await eventually(() => expect(closed()).toBe(true));
    expect(received()).toBe('begin');
  });

  it('carries nothing on a cut cable, and closes nothing', async () => {
    const { socket, received, closed } = open();
    socket.write('before');
    await eventually(() => expect(received()).toBe('before'));
    proxy.cutCables();
    socket.write('after');
    const other = open();
    other.socket.write('new');
    await eventually(() => expect(other.received()).toBe('new'));
    expect([received(), closed()]).toEqual(['before', false]);
    socket.destroy();
    other.socket.destroy();
  });
});
