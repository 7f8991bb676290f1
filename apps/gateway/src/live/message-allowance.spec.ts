import { MessageAllowance } from './message-allowance.js';

describe('MessageAllowance', () => {
  it('takes a burst, then as many messages a second as are allowed, however long it rested before', () => {
    let now = 0;
    const allowance = new MessageAllowance(2, 5, () => now);
    const taken = (tries: number): number => Array.from({ length: tries }, () => allowance.take()).filter(Boolean).length;
    expect(taken(100)).toBe(5);
    now += 1000;
    expect(taken(100)).toBe(2);
    now += 3_600_000;
    expect(taken(100)).toBe(5);
  });
});
