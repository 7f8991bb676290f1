import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { Server } from 'socket.io';
import type { Subscription } from 'rxjs';
import { AccessChanges } from '../access/access-changes.service.js';
import { NOT_SIGNED_IN } from '../access/access.guard.js';
import type { Caller } from '../access/caller.js';
import { credentialOf, keyCredential, type Credential } from '../access/credential.js';
import { Identification } from '../access/identification.service.js';
import type { LiveSocket } from './live-session.js';

/** Sessions and keys that another process ended, or that expired, are found after this time at the latest. */
const RECHECK_MS = 10_000;

/** `data.status` tells the client's program what the sentence tells its reader. */
class NotSignedIn extends Error {
  readonly data = { status: 401 };
}

/**
 * Lets in only sockets that show a session's cookie or, as `auth: { key }`, a key; and ends each one when its session or key ends:
 * at once when that happens in this process, else within ten seconds. While the database is away nobody is put out.
 */
@Injectable()
export class LiveDoor implements OnModuleDestroy {
  private readonly logger = new Logger('live');
  private readonly callers = new Map<LiveSocket, Caller>();
  private readonly changes: Subscription;
  private readonly timer = setInterval(() => void this.recheck(), RECHECK_MS);

  constructor(
    private readonly identification: Identification,
    changes: AccessChanges,
  ) {
    this.changes = changes.ended.subscribe(() => void this.recheck());
  }

  /** Stands before every connection, recovered ones included. */
  guard(server: Server): void {
    server.use((socket, next) => {
      this.admit(socket).then(next, (error: unknown) => {
        this.logger.debug(`a client could not be identified: ${String(error)}`);
        // After a refusal a client gives up; after a broken connection it tries again by itself.
        socket.conn.close();
      });
    });
  }

  /** @returns `undefined` when the socket has ended meanwhile. */
  callerOf(socket: LiveSocket): Caller | undefined {
    return this.callers.get(socket);
  }

  leave(socket: LiveSocket): void {
    this.callers.delete(socket);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.changes.unsubscribe();
  }

  private async admit(socket: LiveSocket): Promise<NotSignedIn | undefined> {
    const caller = await this.identification.of(credentialOfSocket(socket));
    if (!caller) return new NotSignedIn(NOT_SIGNED_IN);
    this.callers.set(socket, caller);
    // One that leaves before it has really come is not told to the gateway.
    socket.conn.once('close', () => this.leave(socket));
    return undefined;
  }

  private async recheck(): Promise<void> {
    if (this.callers.size === 0) return;
    try {
      const credentials = new Set([...this.callers.values()].map(({ credential }) => credential));
      const valid = await this.identification.stillValid([...credentials]);
      // Who came meanwhile was checked just now.
      for (const [socket, { credential }] of this.callers)
        if (credentials.has(credential) && !valid.has(credential)) socket.disconnect(true);
    } catch (error) {
      this.logger.debug(`sessions and keys of clients could not be checked again: ${String(error)}`);
    }
  }
}

function credentialOfSocket({ handshake }: LiveSocket): Credential | undefined {
  const key: unknown = handshake.auth['key'];
  return typeof key === 'string' ? keyCredential(key) : credentialOf(handshake.headers);
}
