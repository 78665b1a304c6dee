import { murmur2, partitionOf } from './murmur2';

describe('murmur2', () => {
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])("agrees with Kafka's own test vector for %s", (key, expected) => {
    expect(murmur2(key)).toBe(expected);
  });

  it('gives every key a partition within bounds', () => {
    for (let index = 0; index < 1000; index++) {
      const partition = partitionOf(`order-${index}`, 7);
      expect(partition).toBeGreaterThanOrEqual(0);
      expect(partition).toBeLessThan(7);
    }
  });
});
