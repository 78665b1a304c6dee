import { z } from 'zod';

/** A whole number in a query string. */
export const wholeNumberText = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.number().min(min).max(max));

/** How many entries a page has. */
export const pageLimit = (usual: number, max: number) => wholeNumberText(1, max).default(usual);
