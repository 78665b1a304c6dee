import { hash } from 'node:crypto';

type Json = Readonly<Record<string, unknown>>;

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Json).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(
    entries.sort(([left], [right]) => (left < right ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]),
  );
};

/** SHA-256, in hexadecimal, of what a body means: the order of keys and the white space do not count. */
export const bodyHash = (body: unknown): string => hash('sha256', JSON.stringify(sorted(body)) ?? '', 'hex');
