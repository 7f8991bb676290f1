/** Lets at most so many works run at the same time; the others wait, first come, first served. */
export class Turnstile {
  private inside = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly most: number) {}

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.inside < this.most) this.inside++;
    else await new Promise<void>((enter) => this.waiting.push(enter));
    try {
      return await work();
    } finally {
      // Whoever leaves hands its place to the next.
      const next = this.waiting.shift();
      if (next) next();
      else this.inside--;
    }
  }
}
