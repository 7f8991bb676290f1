import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP relay to Redis whose connections can be made to fail the way networks do. */
export class ChaosProxy {
  private readonly pairs = new Set<{ client: Socket; upstream: Socket }>();
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(targetUrl: string): Promise<ChaosProxy> {
    const target = new URL(targetUrl);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new ChaosProxy(server, `redis://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('connection', (client) => proxy.relay(client, connect(Number(target.port), target.hostname)));
    return proxy;
  }

  /** Open connections stay open and carry nothing any more, as after a cut cable. New ones work. */
  cutCables(): void {
    for (const { client, upstream } of this.pairs) {
      client.removeAllListeners('data');
      upstream.removeAllListeners('data');
    }
  }

  /** What is asked still arrives; the answers of open connections are lost. New ones work. */
  loseAnswers(): void {
    for (const { upstream } of this.pairs) upstream.removeAllListeners('data').resume();
  }

  /** What was asked still arrives; the next answer of each open connection is lost, and the connection with it. New ones work. */
  loseNextAnswers(): void {
    for (const { client, upstream } of this.pairs) {
      upstream.removeAllListeners('data');
      upstream.once('data', () => client.destroy());
    }
  }

  async close(): Promise<void> {
    for (const { client, upstream } of this.pairs) [client, upstream].forEach((socket) => socket.destroy());
    await new Promise((resolve) => this.server.close(resolve));
  }

  private relay(client: Socket, upstream: Socket): void {
    const pair = { client, upstream };
    this.pairs.add(pair);
    client.on('data', (data) => upstream.write(data));
    upstream.on('data', (data) => client.write(data));
    const end = (): void => {
      this.pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on('close', end).on('error', end);
  }
}
