import { z } from 'zod';

/** Only what is checked of each answer. */
const minor = z.int();
export const orderAnswer = z.object({ status: z.string() });
export const paymentAnswer = z.object({
  ...{ authorizedMinor: minor, capturedMinor: minor, voidedMinor: minor, refundedMinor: minor },
});
export type PaymentAnswer = z.infer<typeof paymentAnswer>;
export const shipmentAnswer = z.object({ status: z.string(), bookings: z.int() });
export type ShipmentAnswer = z.infer<typeof shipmentAnswer>;
export const reservationAnswer = z.object({ status: z.string() });
export const stockAnswer = z.object({
  ...{ received: z.int(), adjusted: z.int(), held: z.int(), committed: z.int(), available: z.int() },
});
export const parkedAnswer = z.object({ records: z.array(z.object({ id: z.string(), reason: z.string() })) });
export const comparisonAnswer = z.object({
  compared: z.int(),
  differing: z.array(z.string()),
  findings: z.array(z.object({ invariant: z.string(), about: z.string(), finding: z.string() })),
});

const ANSWER_MS = 30_000;
const NOT_FOUND = 404;

/**
 * What the owner of a fact says, undefined when it knows of none. Rejects when it does not answer, or not in this shape: an
 * answer without the figure that is checked proves nothing.
 */
export const ask = async <Body>(url: string, schema: z.ZodType<Body>): Promise<Body | undefined> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  const body: unknown = await response.json();
  if (response.status === NOT_FOUND) return undefined;
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${url} answered without ${issue?.path.join('.')}: ${issue?.message}`);
};
