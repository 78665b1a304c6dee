import type { IntegrationData } from '@murmuration/contracts';
import type { Currency } from '@murmuration/kernel';
import type { HeardOfOrder, OrderEventName } from './heard-order';

type Meanings = { readonly [Name in OrderEventName]: (data: IntegrationData<Name>) => string };

/** Currencies without minor units; all others have a hundred. */
const WHOLE: readonly Currency[] = ['JPY'];

const money = (amountMinor: number, currency: Currency): string =>
  `${WHOLE.includes(currency) ? amountMinor : (amountMinor / 100).toFixed(2)} ${currency}`;

const counted = (lines: readonly { readonly sku: string; readonly quantity: number }[]): string =>
  lines.map(({ sku, quantity }) => `${quantity} × ${sku}`).join(', ');

type Handled = {
  readonly action: 'retried' | 'resolved';
  readonly call: string | undefined;
  readonly outcome: 'done' | 'not-done' | undefined;
  readonly actor: string;
  readonly reason: string;
};

const byHand = ({ action, call = 'call', outcome, actor, reason }: Handled, otherSide: string): string => {
  if (action === 'retried') return `${actor} has the ${otherSide} asked to ${call} once more: ${reason}`;
  const became = outcome === 'done' ? 'is done' : 'is not done and never will be';
  return `${actor} settled it with the ${otherSide}, the ${call} ${became}: ${reason}`;
};

const MEANINGS: Meanings = {
  'orders.order-submitted.v1': ({ lines, totalMinor, currency }) =>
    `the customer ordered ${counted(lines)} for ${money(totalMinor, currency)}`,
  'orders.order-cancellation-requested.v1': ({ reason }) => `shipping is asked to cancel: ${reason}`,
  'orders.order-completed.v1': () => 'the parcel has left, is paid for and out of stock',
  'orders.order-delivered.v1': () => 'the order has come to its end at the customer’s door',
  'orders.order-cancelled.v1': ({ reason, detail }) =>
    `everything is undone, and the order cancelled: ${detail === undefined ? reason : `${reason} (${detail})`}`,
  'orders.order-rejected.v1': ({ reason, skus }) =>
    `nothing was held, and the order rejected: ${reason} (${skus.join(', ')})`,
  'orders.order-needs-attention.v1': ({ reason }) => `a person must look at the order: ${reason}`,
  'orders.order-attention-handled.v1': ({ action, actor, reason, outcome, deadlineAt }) => {
    if (action === 'resolved') return `${actor} settled the order by hand as ${outcome ?? 'ended'}: ${reason}`;
    const until = deadlineAt === undefined ? '' : ` until ${deadlineAt}`;
    return action === 'retried'
      ? `${actor} gives the order time${until}: ${reason}`
      : `${actor} insists that the order is cancelled, and waits${until}: ${reason}`;
  },
  'inventory.stock-reserved.v1': ({ lines, heldUntil }) => `${counted(lines)} are held until ${heldUntil}`,
  'inventory.stock-refused.v1': ({ lines }) =>
    `nothing is held: ${lines.map(({ sku, requested, available, known }) => (known ? `${available} of ${requested} × ${sku}` : `${sku} is unknown`)).join(', ')}`,
  'inventory.stock-released.v1': ({ held }) =>
    held ? 'the stock is free again' : 'there was no stock to release; a late reservation will be refused',
  'inventory.stock-committed.v1': ({ lines }) => `${counted(lines)} have left the stock for good`,
  'inventory.stock-hold-expired.v1': () => 'the stock has been held for too long',
  'inventory.stock-needs-attention.v1': ({ reason }) => `inventory cannot go on: ${reason}`,
  'inventory.stock-attention-handled.v1': ({ action, actor, reason }) =>
    action === 'retried'
      ? `${actor} takes the goods out of what is available: ${reason}`
      : `${actor} corrected the stock by hand: ${reason}`,
  'payments.payment-authorized.v1': ({ amountMinor, currency, expiresAt }) =>
    `${money(amountMinor, currency)} are authorised until ${expiresAt}`,
  'payments.payment-declined.v1': ({ reason }) => `the provider declined the payment: ${reason}`,
  'payments.payment-captured.v1': ({ amountMinor, currency }) => `${money(amountMinor, currency)} are captured`,
  'payments.payment-voided.v1': ({ held }) =>
    held ? 'the authorisation is given back' : 'nothing was authorised; a late request will be refused',
  'payments.payment-refunded.v1': ({ cause, amountMinor, currency }) =>
    `${money(amountMinor, currency)} are refunded ${cause === 'undo' ? 'since the order failed' : 'after a return'}`,
  'payments.payment-authorization-expired.v1': () => 'the authorisation has lapsed',
  'payments.payment-needs-attention.v1': ({ reason }) => `payments cannot go on: ${reason}`,
  'payments.payment-attention-handled.v1': ({ action, call, outcome, actor, reason }) =>
    byHand({ action, call, outcome, actor, reason }, 'provider'),
  'shipping.shipment-booked.v1': ({ carrierReference }) => `the carrier booked the parcel as ${carrierReference}`,
  'shipping.shipment-refused.v1': ({ reason }) => `the carrier refused the parcel: ${reason}`,
  'shipping.shipment-dispatched.v1': () => 'the parcel has left; there is no way back',
  'shipping.shipment-delivered.v1': () => 'the parcel has arrived',
  'shipping.shipment-cancelled.v1': ({ held }) =>
    held ? 'the booking is given up' : 'nothing was booked; a late booking will be refused',
  'shipping.shipment-cancel-refused.v1': ({ reason }) => `it is too late to cancel: ${reason}`,
  'shipping.shipment-needs-attention.v1': ({ reason }) => `shipping cannot go on: ${reason}`,
  'shipping.shipment-attention-handled.v1': ({ action, call, outcome, actor, reason }) =>
    action === 'answered'
      ? `the ${actor} answered after all: ${reason}`
      : byHand({ action, call, outcome, actor, reason }, 'carrier'),
};

/** What an event means for its order, in a sentence. */
export const meaningOf = ({ name, data }: HeardOfOrder): string =>
  (MEANINGS[name] as (data: HeardOfOrder['data']) => string)(data); // because name and data belong together
