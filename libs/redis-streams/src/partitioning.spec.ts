import { deadStreamKey, partitionOf, streamKey } from './partitioning.js';

describe('partitioning', () => {
  it('never moves a key: the hash is a contract with every producer', () => {
    expect(['', 'a', 'user_001', 'demo\u0000user_042', 'Zoë'].map((key) => partitionOf(key, 1024))).toEqual([11, 435, 520, 849, 354]);
  });

  it('spreads similar keys evenly', () => {
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) counts[partitionOf(`demo\u0000user_${i}`, 4)]++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it('keeps a partition and its dead letters in one slot of a cluster, and partitions apart', () => {
    expect(streamKey('s', 3)).toBe('s:{3}');
    expect(deadStreamKey('s', 3)).toBe('s:{3}:dead');
  });
});
