const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;

/** Eight tables in one array: the entry for byte `b`, `k` bytes before the end of a block, is at `k * 256 + b`. */
const TABLE = ((): Int32Array => {
  const table = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    table[byte] = crc;
  }
  for (let at = 256; at < table.length; at++) {
    const previous = table[at - 256]!;
    table[at] = (previous >>> 8) ^ table[previous & 0xff]!;
  }
  return table;
})();

/** CRC-32C (Castagnoli) of `bytes[start, end)` as an unsigned 32-bit integer: the checksum of Kafka's record batches. */
export const crc32c = (bytes: Uint8Array, start = 0, end = bytes.length): number => {
  const table = TABLE;
  let crc = -1;
  let at = start;
  for (const blocksEnd = end - ((end - start) & 7); at < blocksEnd; at += 8) {
    crc =
      table[1792 + ((crc ^ bytes[at]!) & 0xff)]! ^
      table[1536 + (((crc >>> 8) ^ bytes[at + 1]!) & 0xff)]! ^
      table[1280 + (((crc >>> 16) ^ bytes[at + 2]!) & 0xff)]! ^
      table[1024 + ((crc >>> 24) ^ bytes[at + 3]!)]! ^
      table[768 + bytes[at + 4]!]! ^
      table[512 + bytes[at + 5]!]! ^
      table[256 + bytes[at + 6]!]! ^
      table[bytes[at + 7]!]!;
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
};
