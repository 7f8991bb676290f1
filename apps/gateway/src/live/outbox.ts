/** The part of an engine.io transport that matters here: whether its last packet has left, and the news that it has. */
export interface Line {
  readonly writable: boolean;
  once(event: 'ready', listener: () => void): unknown;
}

/**
 * What waits to be sent to one client: at most one message per slot, the newest. A client that reads slowly gets fewer and newer
 * messages, one that never reads costs no memory. Nothing is queued below: a message is given to the socket only when its line is free.
 */
export class Outbox {
  private readonly waiting = new Map<string, () => void>();
  private listeningTo?: Line;

  /** @param line the client's line at the moment; it changes when polling is upgraded to WebSocket. */
  constructor(private readonly line: () => Line) {}

  /** Sends now, or when the line is free; a message that still waits in the same slot is replaced. */
  put(slot: string, send: () => void): void {
    this.waiting.set(slot, send);
    this.flush();
  }

  /** Forgets what waits in the slot. */
  drop(slot: string): void {
    this.waiting.delete(slot);
  }

  /** Sends what the line takes. Called by itself when the line becomes free; calling it from time to time covers an upgraded line. */
  flush(): void {
    const line = this.line();
    for (const [slot, send] of this.waiting) {
      if (!line.writable) return this.listen(line);
      this.waiting.delete(slot);
      send();
    }
  }

  private listen(line: Line): void {
    if (this.listeningTo === line) return;
    this.listeningTo = line;
    line.once('ready', () => {
      if (this.listeningTo === line) this.listeningTo = undefined;
      this.flush();
    });
  }
}
