import { Turnstile } from './turnstile.js';

describe('a turnstile', () => {
  it('lets no more in than it may, each in its turn, also when one fails', async () => {
    const turnstile = new Turnstile(2);
    let inside = 0;
    const order: number[] = [];
    const most: number[] = [];
    const work = async (n: number): Promise<number> => {
      order.push(n);
      most.push(++inside);
      await Promise.resolve();
      inside--;
      if (n === 1) throw new Error('failed');
      return n;
    };
    const results = await Promise.allSettled(Array.from({ length: 6 }, (_, n) => turnstile.pass(() => work(n))));
    expect(order).toEqual([0, 1, 2, 3, 4, 5]);
    expect(Math.max(...most)).toBe(2);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled', 'fulfilled', 'fulfilled']);
    expect(await turnstile.pass(() => work(7))).toBe(7);
  });

  it('lets the next one in as soon as one leaves, once, before its work has ended', async () => {
    const turnstile = new Turnstile(1);
    const [ends, entered] = [[] as (() => void)[], [] as number[]];
    const pass = (n: number): Promise<void> =>
      turnstile.pass(async (leave) => {
        entered.push(n);
        if (n === 0) for (let time = 0; time < 2; time++) leave();
        await new Promise<void>((end) => ends.push(end));
      });
    const passes = [0, 1, 2].map(pass);
    await Promise.resolve();
    expect(entered).toEqual([0, 1]);
    ends[0]!();
    await passes[0];
    expect(entered).toEqual([0, 1]);
    ends[1]!();
    await passes[1];
    expect(entered).toEqual([0, 1, 2]);
    ends[2]!();
    await passes[2];
  });
});
