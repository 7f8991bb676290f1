/** Lets at most so many works run at the same time; the others wait, first come, first served. */
export class Turnstile {
  private inside = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly most: number) {}

  /** @param work is given how to make room for the next one before it has ended. */
  async pass<T>(work: (leave: () => void) => Promise<T>): Promise<T> {
    if (this.inside < this.most) this.inside++;
    else await new Promise<void>((enter) => this.waiting.push(enter));
    let isInside = true;
    const leave = (): void => {
      if (!isInside) return;
      isInside = false;
      // Whoever leaves hands its place to the next.
      const next = this.waiting.shift();
      if (next) next();
      else this.inside--;
    };
    try {
      return await work(leave);
    } finally {
      leave();
    }
  }
}
