import { CURRENCIES, isInstant, type Instant } from '@murmuration/kernel';
import { z } from 'zod';

/** Bounds of the published language; a REST edge and a decider refuse what lies outside them. */
export const QUANTITY_MAX = 1_000_000;
export const AMOUNT_MINOR_MAX = 1_000_000_000_000;
export const ORDER_LINES_MAX = 100;
export const REASON_CHARS_MAX = 500;

/** The namespace in which ids are opaque: letters, digits, `.`, `_`, `:` and `-`, at most 64 of them. */
const identifier = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/, 'must be 1 to 64 letters, digits or any of . _ : -');

export const orderId = identifier;
export const customerId = identifier;
export const sku = identifier;
export const instant = z
  .string()
  .refine(isInstant, 'must be an ISO 8601 instant such as 2026-03-01T09:30:00.000Z')
  .meta({ format: 'date-time' }) as unknown as z.ZodType<Instant>; // because a refinement does not narrow
export const currency = z.enum(CURRENCIES);
export const quantity = z.int().min(1).max(QUANTITY_MAX);
export const count = z.int().min(0);
export const amountMinor = z.int().min(0).max(AMOUNT_MINOR_MAX);
export const reason = z.string().min(1).max(REASON_CHARS_MAX);
/** The words of another side as a reason, which can be said: they may be longer than that, or none at all. */
export const reasonOf = (words: string): string => {
  if (words === '') return 'no reason was given';
  if (words.length <= REASON_CHARS_MAX) return words;
  // Not in the middle of a character of two halves.
  return `${words.slice(0, REASON_CHARS_MAX - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
};

export const stockLine = z.object({ sku, quantity });
export const orderLine = z.object({ sku, quantity, unitPriceMinor: amountMinor });
/** Marks what tells who a person is or how to reach or charge them; a step that reads it must say so. */
const personal = (what: string) => ({ 'x-personal': what });

export const shipTo = z
  .object({
    name: z.string().min(1).max(200),
    street: z.string().min(1).max(200),
    city: z.string().min(1).max(100),
    postalCode: z.string().min(1).max(20),
    country: z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 country code'),
  })
  .meta(personal('name and address'));
/** What a payment provider hands a shop in place of a card. */
export const paymentToken = z
  .string()
  .regex(/^tok_[a-z0-9_]{1,60}$/, 'must be a payment token such as tok_ok')
  .meta(personal('payment token'));

export type StockLine = z.infer<typeof stockLine>;
export type OrderLine = z.infer<typeof orderLine>;
export type ShipTo = z.infer<typeof shipTo>;
