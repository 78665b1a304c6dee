/** Lets one piece of work in at a time, in the order of asking. */
export type Lane = { run<Result>(work: () => Promise<Result>): Promise<Result> };

export const lane = (): Lane => {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (work) => {
      const result = last.then(work, work);
      last = result;
      return result;
    },
  };
};
