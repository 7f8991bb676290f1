/** Lets one work at a time, in the order of asking. */
export class Turns {
  private last: Promise<void> = Promise.resolve();

  /** Runs `work` when its turn has come. The turn ends with it, or earlier when it calls `leave`. */
  async take(work: (leave: () => void) => Promise<void>): Promise<void> {
    const before = this.last;
    let leave: () => void = () => undefined;
    this.last = new Promise((resolve) => (leave = resolve));
    await before;
    try {
      await work(leave);
    } finally {
      leave();
    }
  }
}
