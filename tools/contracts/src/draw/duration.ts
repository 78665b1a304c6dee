const UNITS = [
  ['day', 24 * 60 * 60_000],
  ['hour', 60 * 60_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

/** `6 hours`: in the largest unit that divides it. */
export const toldDuration = (durationMs: number): string => {
  const [name, unitMs] = UNITS.find(([, lengthMs]) => durationMs % lengthMs === 0) ?? ['millisecond', 1];
  const count = durationMs / unitMs;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
};
