/** A pause that doubles with each attempt up to `maxMs`, of which the second half is left to chance (0 to 1). */
export const backoffMs = (attempts: number, baseMs: number, maxMs: number, chance: number): number => {
  const doublings = Math.min(Math.max(attempts - 1, 0), 30);
  const fullMs = Math.min(baseMs * 2 ** doublings, maxMs);
  return fullMs / 2 + (fullMs / 2) * chance;
};
