import { crc32c } from './crc32c';

/** The definition, bit by bit. */
const slow = (bytes: Uint8Array): number => {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
};

describe('CRC-32C', () => {
  it.each([
    ['123456789', 0xe3069283],
    ['', 0],
    ['a', 0xc1d04330],
  ])('of %j is as published', (text, expected) => {
    expect(crc32c(Buffer.from(text))).toBe(expected);
  });

  it('of 32 zeros and of 32 ones is as in RFC 3720', () => {
    expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
    expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
  });

  it('agrees with its definition for every length and beginning', () => {
    const bytes = Buffer.from(Array.from({ length: 64 }, (_, index) => (index * 151) & 0xff));
    for (let start = 0; start < 9; start++) {
      for (let end = start; end <= bytes.length; end++) {
        expect(crc32c(bytes, start, end)).toBe(slow(bytes.subarray(start, end)));
      }
    }
  });
});
