import type { Socket } from 'node:net';

/** Writes to a socket with a delay that may change, and never out of order: what came first leaves first, as in TCP. */
export class DelayedPipe {
  private readonly waiting: { data: Buffer; dueAt: number }[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly to: Socket) {}

  write(data: Buffer, delayMs: number): void {
    this.waiting.push({ data, dueAt: Date.now() + delayMs });
    this.drain();
  }

  private drain(): void {
    if (this.timer) return;
    for (let first = this.waiting[0]; first; first = this.waiting[0]) {
      const leftMs = first.dueAt - Date.now();
      if (leftMs > 0) {
        this.timer = setTimeout(() => {
          this.timer = undefined;
          this.drain();
        }, leftMs);
        return;
      }
      this.waiting.shift();
      if (this.to.writable) this.to.write(first.data);
    }
  }
}
