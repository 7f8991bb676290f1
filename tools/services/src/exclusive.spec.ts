import { exclusively } from './exclusive.js';

describe('exclusively', () => {
  it('lets one work at a time run under a name', async () => {
    let inside = 0;
    const most: number[] = [];
    const work = async () => {
      most.push(++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    await Promise.all([exclusively('spec one', work), exclusively('spec one', work), exclusively('spec one', work)]);
    expect(most).toEqual([1, 1, 1]);
  });

  it('frees the name when the work fails', async () => {
    await expect(exclusively('spec two', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await exclusively('spec two', () => Promise.resolve('next'))).toBe('next');
  });
});
