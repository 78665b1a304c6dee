import { seededChance } from '@murmuration/testing';
import { FrameReader } from './frame-reader';

const frameOf = (body: Buffer): Buffer => {
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
};

describe('a frame reader', () => {
  it('finds the same frames however the stream is cut', () => {
    const chance = seededChance(3);
    const bodies = Array.from({ length: 30 }, (_, index) => Buffer.alloc(8 + chance.integer(0, 300), index));
    const stream = Buffer.concat(bodies.map(frameOf));
    for (let round = 0; round < 50; round++) {
      const reader = new FrameReader(1000);
      const found: Buffer[] = [];
      for (let at = 0; at < stream.length;) {
        const end = Math.min(stream.length, at + chance.integer(1, 400));
        found.push(...reader.push(stream.subarray(at, end)));
        at = end;
      }
      expect(found).toEqual(bodies);
    }
  });

  it.each([-1, 0, 7, 1001, 0x7fffffff])('refuses a frame of %i bytes', (size) => {
    const announced = Buffer.alloc(4);
    announced.writeInt32BE(size);
    expect(() => new FrameReader(1000).push(announced)).toThrow(expect.objectContaining({ code: 'malformed-request' }));
  });
});
