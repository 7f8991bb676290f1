import { eventually } from './eventually.js';

describe('eventually', () => {
  it('tries again until the assertion holds, and returns its value', async () => {
    let tries = 0;
    const value = await eventually(
      () => {
        if (++tries < 3) throw new Error('not yet');
        return 'held';
      },
      { intervalMs: 1 },
    );
    expect({ value, tries }).toEqual({ value: 'held', tries: 3 });
  });

  it('throws the last error of the assertion when the time is over', async () => {
    let tries = 0;
    const attempt = eventually(() => Promise.reject(new Error(`try ${++tries}`)), { timeoutMs: 20, intervalMs: 1 });
    await expect(attempt).rejects.toThrow(/^try \d+$/);
    expect(tries).toBeGreaterThan(1);
  });
});
