import { assert, murmur2 } from '@murmuration/kernel';

/** Chance that repeats: the same seed gives the same draws on every machine. Not for secrets. */
export type Chance = {
  readonly seed: string;
  /** At least 0, below 1. */
  readonly next: () => number;
  /** A whole number, at least `from` and below `below`. */
  readonly integer: (from: number, below: number) => number;
  /** True with this probability, 0 to 1. */
  readonly happens: (probability: number) => boolean;
  readonly pick: <T>(choices: readonly T[]) => T;
  readonly shuffle: <T>(items: readonly T[]) => T[];
  /** A UUID of version 4 in shape. */
  readonly uuid: () => string;
  /** Draws of its own for one part of a test, so that more draws there move nothing elsewhere. */
  readonly fork: (part: string) => Chance;
};

/** Draws thrown away, so that similar seeds do not start alike. */
const WARM_UP_DRAWS = 12;

export const seededChance = (seed: string | number): Chance => {
  const name = String(seed);
  const draw = sfc32([1, 2, 3].map((word) => murmur2(`${name}#${word}`)));
  const next = (): number => draw() / 2 ** 32;
  const integer = (from: number, below: number): number => {
    assert(below > from, `a whole number from ${from} and below ${below} exists`);
    return from + Math.floor(next() * (below - from));
  };
  return {
    seed: name,
    next,
    integer,
    happens: (probability) => next() < probability,
    pick: (choices) => choices[integer(0, choices.length)]!,
    shuffle: (items) => {
      const shuffled = [...items];
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = integer(0, last + 1);
        [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
      }
      return shuffled;
    },
    uuid: () => {
      const hex = [draw(), draw(), draw(), draw()].map((word) => word.toString(16).padStart(8, '0')).join('');
      const variant = '89ab'[integer(0, 4)]!;
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
    fork: (part) => seededChance(`${name}/${part}`),
  };
};

/** Chris Doty-Humphrey's sfc32 (small fast chaotic): 128 bits of state, of which one word is a counter; draws 32 bits. */
const sfc32 = ([first = 0, second = 0, third = 0]: readonly number[]): (() => number) => {
  let [a, b, c, counter] = [first, second, third, 1];
  const draw = (): number => {
    const drawn = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + drawn) | 0;
    return drawn >>> 0;
  };
  for (let discarded = 0; discarded < WARM_UP_DRAWS; discarded++) draw();
  return draw;
};
