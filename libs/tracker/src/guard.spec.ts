import { guard, observe } from './guard.js';

describe('observe', () => {
  const platform = {
    factor: 3,
    multiply(this: { factor: number }, one: number, other = 1): number {
      if (one < 0) throw new RangeError('negative');
      return this.factor * one * other;
    },
  };
  const original = platform.multiply;
  const seen: unknown[] = [];
  observe(platform, 'multiply', (args, self) => {
    seen.push([...args], self);
    if (args[0] === 13) throw new Error('a fault of the tracker');
    return args[0] === 7 ? (): number => -1 : undefined;
  });

  it('passes on this, arguments and result, and sees them', () => {
    expect(platform.multiply(2, 5)).toBe(30);
    expect(seen.slice(-2)).toEqual([[2, 5], platform]);
  });

  it('passes on the result that the observer gives instead', () => {
    expect(platform.multiply(7)).toBe(-1);
  });

  it('passes on what the original throws', () => {
    expect(() => platform.multiply(-1)).toThrow(new RangeError('negative'));
  });

  it('hides its own faults', () => {
    expect(platform.multiply(13)).toBe(39);
  });

  it('keeps name, length and text of the function', () => {
    expect([platform.multiply.name, platform.multiply.length]).toEqual([original.name, original.length]);
  });
});

describe('guard', () => {
  it('gives the result, or nothing when the function throws', () => {
    expect(guard((value: number) => value + 1)(1)).toBe(2);
    expect(
      guard(() => {
        throw new Error('a fault of the tracker');
      })(),
    ).toBeUndefined();
  });
});
