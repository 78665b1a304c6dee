import { z } from 'zod';
import { instant, orderId, reason } from './fields';

/** Counts the calls for a person that a service has made about one order, from 1. */
export const attention = z.int().min(1);

/** Who decided, by the name that operators know each other by. */
export const actor = z.string().min(1).max(100);

/** Who decides by hand, and why. */
export const operatorWord = z.object({ actor, reason });
export type OperatorWord = Readonly<z.infer<typeof operatorWord>>;

/** What was done about something that needed a person, whose number is among `attentions`. */
export const handled = {
  orderId,
  attentions: z.array(attention).min(1),
  ...operatorWord.shape,
  handledAt: instant,
} as const;

/** What became of a call to the other side, in the word of an operator who looked it up or settled it there by hand. */
export const settledByHand = z.enum(['done', 'not-done']);
