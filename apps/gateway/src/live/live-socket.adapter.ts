import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { AllowedOrigins } from '../http/allowed-origins.js';

// Nest's adapter may have a socket.io of its own, whose types are then others than those of ours.
type Server = ReturnType<IoAdapter['createIOServer']>;
type ServerOptions = NonNullable<Parameters<IoAdapter['createIOServer']>[1]>;

/** A message of a client is a name and a few parameters. */
const MAX_MESSAGE_BYTES = 64 * 1024;
const CONNECT_WITHIN_MS = 10_000;

/** Socket.io with the limits of a door to the outside. */
export class LiveSocketAdapter extends IoAdapter {
  /** @param maxConnections clients at most; one more is refused. */
  constructor(
    app: INestApplicationContext,
    private readonly origins: AllowedOrigins,
    private readonly maxConnections: number,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const limits: Partial<ServerOptions> = {
      path: '/socket.io',
      serveClient: false,
      allowEIO3: false,
      // Compression costs most of the CPU and memory of a connection; the line is loopback, or behind a proxy that compresses.
      perMessageDeflate: false,
      httpCompression: false,
      maxHttpBufferSize: MAX_MESSAGE_BYTES,
      // Who has not said who he is by then makes room for others.
      connectTimeout: CONNECT_WITHIN_MS,
      cors: { origin: this.origins.listed },
      allowRequest: (request, answer) => {
        const refusal = this.refusal(request, server.engine.clientsCount);
        answer(refusal, refusal === null);
      },
    };
    const server = super.createIOServer(port, { ...options, ...limits } as ServerOptions);
    return server;
  }

  private refusal(request: Parameters<AllowedOrigins['allows']>[0], clients: number): string | null {
    if (clients >= this.maxConnections) return 'the live feed has no room for more clients; try again later';
    if (!this.origins.allows(request)) return 'this origin may not use the live feed; the gateway allows it when CORS_ORIGINS names it';
    return null;
  }
}
