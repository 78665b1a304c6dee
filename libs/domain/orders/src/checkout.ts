import type { OrderLine } from '@murmuration/contracts';
import { checkoutOf, type CheckoutWish, type Customer, type CustomerRejection } from '@murmuration/domain-customers';
import type { Instant } from '@murmuration/kernel';
import type { OrderCommand } from './order.messages';

/** An order made with what its customer has: an address, a payment method and a currency of theirs. */
export type CheckOut = CheckoutWish & {
  readonly type: 'CheckOut';
  readonly orderId: string;
  readonly lines: readonly OrderLine[];
  /** Whether the order is submitted at once. */
  readonly submit: boolean;
  readonly deadlineMs: number;
  readonly now: Instant;
};

/** The command that this comes to, once the customer is known, or why it comes to none. */
export const orderFor = (
  { type: _, orderId, lines, submit, deadlineMs, now, ...wish }: CheckOut,
  customer: Customer,
): { readonly order: OrderCommand } | { readonly order?: never; readonly rejected: CustomerRejection } => {
  const { found, rejected } = checkoutOf(wish, customer, now);
  if (rejected !== undefined) return { rejected };
  const basket = { orderId, customerId: wish.customerId, ...found, lines, now };
  return { order: submit ? { type: 'PlaceOrder', ...basket, deadlineMs } : { type: 'CreateOrder', ...basket } };
};
