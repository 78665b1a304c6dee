/** How often each thing of note has come about in a run, told by the parts that run as in production. */
export type Tally = {
  readonly add: (what: string, times?: number) => void;
  readonly counts: () => ReadonlyMap<string, number>;
};

export const tally = (): Tally => {
  const counts = new Map<string, number>();
  return {
    add: (what, times = 1) => {
      if (times > 0) counts.set(what, (counts.get(what) ?? 0) + times);
    },
    counts: () => counts,
  };
};
