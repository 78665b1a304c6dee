/** The number of a state that has no parent. */
export const NO_PARENT = -1;
const FIRST_CAPACITY = 1 << 12;
const LOAD_MAX = 0.6;
const [FNV_OFFSET, FNV_PRIME] = [0x811c9dc5, 0x01000193];

/** Taken out of the hottest loop, where a look-up among the globals would show. */
const { imul } = Math;

/** A set of tuples of small integers, numbered as they come, each with the number of the one it was found from. */
export const stateTable = (width: number) => {
  let capacity = FIRST_CAPACITY;
  let words = new Int32Array(capacity * width);
  let parents = new Int32Array(capacity);
  let slots = new Int32Array(capacity * 2).fill(-1);
  let size = 0;

  const hash = (tuple: ArrayLike<number>, offset: number): number => {
    let value = FNV_OFFSET;
    for (let word = 0; word < width; word++) value = imul(value ^ tuple[offset + word]!, FNV_PRIME); // because the tuple has `width` words
    value ^= value >>> 15;
    return imul(value, 0x85ebca6b) >>> 0;
  };

  const isAt = (index: number, tuple: ArrayLike<number>): boolean => {
    for (let word = 0; word < width; word++) if (words[index * width + word] !== tuple[word]) return false;
    return true;
  };

  const slotOf = (tuple: ArrayLike<number>, offset: number, isSame: (index: number) => boolean): number => {
    const mask = slots.length - 1;
    for (let slot = hash(tuple, offset) & mask; ; slot = (slot + 1) & mask) {
      const index = slots[slot]!; // because the mask keeps the slot within the table
      if (index === -1 || isSame(index)) return slot;
    }
  };

  const grow = (): void => {
    capacity *= 2;
    const [grownWords, grownParents] = [new Int32Array(capacity * width), new Int32Array(capacity)];
    grownWords.set(words);
    grownParents.set(parents);
    [words, parents] = [grownWords, grownParents];
    slots = new Int32Array(capacity * 2).fill(-1);
    for (let index = 0; index < size; index++) slots[slotOf(words, index * width, () => false)] = index;
  };

  return {
    size: () => size,

    /** The number of the tuple, and whether it was not there before. */
    add(tuple: ArrayLike<number>, parent: number): { readonly index: number; readonly isNew: boolean } {
      if (size >= capacity * LOAD_MAX) grow();
      const slot = slotOf(tuple, 0, (index) => isAt(index, tuple));
      const known = slots[slot]!; // because slotOf answers with a slot of the table
      if (known !== -1) return { index: known, isNew: false };
      for (let word = 0; word < width; word++) words[size * width + word] = tuple[word]!; // because the tuple has `width` words
      parents[size] = parent;
      slots[slot] = size;
      return { index: size++, isNew: true };
    },

    /** Copies the tuple with this number into `into`. */
    read(index: number, into: Int32Array): void {
      for (let word = 0; word < width; word++) into[word] = words[index * width + word]!; // because numbers come from `add`
    },

    parentOf: (index: number): number => parents[index] ?? NO_PARENT,
  };
};

export type StateTable = ReturnType<typeof stateTable>;
