import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { DelayedPipe } from './delayed-pipe.js';

interface Pair {
  client: Socket;
  upstream: Socket;
}

/** A TCP relay whose connections can be made to fail the way networks do: those that are open now, unless a fault says otherwise. */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private delayMs = 0;
  private refusing = false;
  private watched: { text: string; hit: () => void } | undefined;

  private constructor(
    private readonly server: Server,
    private target: URL,
    readonly url: string,
  ) {}

  /** Relays a free port on loopback to `targetUrl`; `url` is that address with the relay's port. */
  static async start(targetUrl: string): Promise<TcpProxy> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const proxy = new TcpProxy(
      server,
      new URL(targetUrl),
      Object.assign(new URL(targetUrl), { hostname: '127.0.0.1', port: String(port) }).href,
    );
    server.on('connection', (client) => proxy.relay(client));
    return proxy;
  }

  /** Carries nothing any more in either direction, and closes nothing: a cut cable, or a peer behind a dead NAT. New connections work. */
  cutCables(): void {
    for (const { client, upstream } of this.pairs) {
      client.removeAllListeners('data').resume();
      upstream.removeAllListeners('data').resume();
    }
  }

  /** What is asked still arrives; no answer comes back. New connections work. */
  loseAnswers(): void {
    for (const { upstream } of this.pairs) upstream.removeAllListeners('data').resume();
  }

  /** Ends all connections with RST. New ones work. */
  reset(): void {
    for (const { client, upstream } of this.pairs) {
      client.resetAndDestroy();
      upstream.destroy();
    }
  }

  /** Every chunk in both directions arrives this much later, ms, also on connections yet to come; 0 ends it. */
  delay(ms: number): void {
    this.delayMs = ms;
  }

  /** Ends all connections and takes no new ones until `refuse(false)`. */
  refuse(refusing: boolean): void {
    this.refusing = refusing;
    if (refusing) this.reset();
  }

  /** All connections end; new ones go to another server, as after a failover. */
  retarget(targetUrl: string): void {
    this.target = new URL(targetUrl);
    this.reset();
  }

  /**
   * The next message whose bytes contain `text` (any case) arrives, its answer does not, and its connection ends after the other side
   * has answered. @returns resolves when that has happened; `cancel` gives up waiting.
   */
  loseAnswerTo(text: string): { happened: Promise<void>; cancel: () => void } {
    const happened = new Promise<void>((resolve) => {
      this.watched = { text: text.toLowerCase(), hit: resolve };
    });
    return { happened, cancel: () => (this.watched = undefined) };
  }

  async close(): Promise<void> {
    for (const { client, upstream } of this.pairs) for (const socket of [client, upstream]) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private relay(client: Socket): void {
    if (this.refusing) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ port: Number(this.target.port), host: this.target.hostname, noDelay: true });
    const pair = { client, upstream };
    const [there, back] = [new DelayedPipe(upstream), new DelayedPipe(client)];
    this.pairs.add(pair);
    client.on('data', (data) => {
      this.watch(data, pair);
      there.write(data, this.delayMs);
    });
    upstream.on('data', (data) => back.write(data, this.delayMs));
    const end = (): void => {
      this.pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on('close', end).on('error', end);
  }

  private watch(data: Buffer, { client, upstream }: Pair): void {
    const { watched } = this;
    if (!watched || !data.toString('latin1').toLowerCase().includes(watched.text)) return;
    this.watched = undefined;
    upstream.removeAllListeners('data');
    upstream.once('data', () => {
      client.destroy();
      watched.hit();
    });
  }
}
