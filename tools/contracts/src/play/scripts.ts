import { CUSTOMER, type Act, type Script } from './script';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const cancelAfter = (after: Act['after']): readonly Act[] => [
  {
    after,
    by: 'customer',
    service: 'orders',
    says: 'asks to cancel',
    command: (orderId, now) => ({ type: 'RequestCancellation', orderId, reason: 'customer-requested', now }) as never,
  },
];

const giveBack = (amountMinor: number): Act => ({
  after: 'all-else',
  by: 'operator',
  service: 'payments',
  says: 'gives back money for a return',
  command: (orderId, now) => ({ type: 'RequestRefund', orderId, refundId: 'r-1', amountMinor, now }) as never,
});

const operate = (
  service: Act['service'],
  says: string,
  command: Readonly<Record<string, unknown>>,
  allAreBack?: true,
): Act => ({
  after: 'all-else',
  by: 'operator',
  service,
  says,
  ...(allAreBack === undefined ? {} : { allAreBack }),
  command: (orderId, now) => ({ orderId, actor: 'mira', reason: 'looked into it', now, ...command }) as never,
});

const ofCustomer = (after: Act['after'], says: string, command: Readonly<Record<string, unknown>>): Act => ({
  ...{ after, by: 'customer', service: 'orders', says },
  command: (_, now) => ({ customerId: CUSTOMER, now, ...command }) as never,
});

const CANCELLED = { status: 'cancelled', reason: 'customer-requested' } as const;

/** Every way in which an order may end, and the detours that matter. */
export const SCRIPTS: readonly Script[] = [
  {
    name: 'delivered',
    title: 'Delivered',
    about: 'Everybody says yes. The dispatch is the pivot: what follows it is done until it is done.',
    ends: { status: 'delivered' },
  },
  {
    name: 'completed',
    title: 'Completed',
    about:
      'The parcel is on its way, paid for and out of stock: the saga has ended. That it arrives is told when the carrier tells, and no deadline waits for it.',
    carrierNever: 'deliver',
    ends: { status: 'completed' },
  },
  {
    name: 'delivered-capture-only',
    title: 'Delivered, paid at once',
    about: 'The payment method knows no authorisation: it is captured at once, and the dispatch captures nothing more.',
    token: 'tok_capture_only',
    ends: { status: 'delivered' },
  },
  {
    name: 'provider-unsure',
    title: 'Delivered, after the provider gave no answer',
    about:
      'The charge happened, its answer was lost. Unknown is not failure: the provider is asked by the idempotency key.',
    token: 'tok_timeout_charged',
    ends: { status: 'delivered' },
  },
  {
    name: 'carrier-unsure',
    title: 'Delivered, after the carrier gave no answer',
    about: 'The booking happened, its answer was lost. The carrier is asked by the client reference, and books once.',
    country: 'YY',
    ends: { status: 'delivered' },
  },
  {
    name: 'out-of-stock',
    title: 'Rejected: out of stock',
    about: 'Nothing was held, so nothing is undone.',
    quantity: 11,
    ends: { status: 'rejected', reason: 'out-of-stock' },
  },
  {
    name: 'payment-declined',
    title: 'Cancelled: payment declined',
    about: 'The stock is given back before the order is called cancelled.',
    token: 'tok_insufficient_funds',
    ends: { status: 'cancelled', reason: 'payment-declined', detail: 'insufficient_funds' },
  },
  {
    name: 'shipment-refused',
    title: 'Cancelled: the carrier refuses, the payment is voided',
    about: 'Compensation walks the chain backward: shipping, payments, inventory, and orders last.',
    country: 'ZZ',
    ends: { status: 'cancelled', reason: 'shipment-refused', detail: 'country_not_served' },
  },
  {
    name: 'shipment-refused-refund',
    title: 'Cancelled: the carrier refuses, the payment is refunded',
    about: 'What could only be captured is refunded instead of being voided.',
    country: 'ZZ',
    token: 'tok_capture_only',
    ends: { status: 'cancelled', reason: 'shipment-refused', detail: 'country_not_served' },
  },
  {
    name: 'cancelled-when-submitted',
    title: 'Cancelled as soon as it was submitted',
    about: 'Shipping and payments hold nothing yet and say so at once; what comes late finds the tombstone.',
    acts: cancelAfter('orders.order-submitted.v1'),
    late: [{ event: 'orders.order-submitted.v1', to: 'inventory' }],
    ends: CANCELLED,
  },
  {
    name: 'cancelled-when-reserved',
    title: 'Cancelled while the payment is being authorised',
    about: 'The undo waits for the answer of the provider, and gives the money back at once.',
    acts: cancelAfter('inventory.stock-reserved.v1'),
    ends: CANCELLED,
  },
  {
    name: 'cancelled-when-authorized',
    title: 'Cancelled while the shipment is being booked',
    about: 'Shipping has cancelled when the carrier answers; the booking is taken back.',
    acts: cancelAfter('payments.payment-authorized.v1'),
    ends: CANCELLED,
  },
  {
    name: 'cancelled-when-booked',
    title: 'Cancelled before the parcel leaves',
    about: 'The whole chain is walked backward.',
    acts: cancelAfter('shipping.shipment-booked.v1'),
    ends: CANCELLED,
  },
  {
    name: 'cancel-refused',
    title: 'Delivered: the request to cancel came too late',
    about:
      'Shipping decides the request against the dispatch. The loser is refused, and nobody sees a cancelled order on a truck.',
    acts: cancelAfter('shipping.shipment-dispatched.v1'),
    ends: { status: 'delivered' },
  },
  {
    name: 'cancel-refused-delivered',
    title: 'Delivered: the request to cancel was heard when the parcel had arrived',
    about: 'The same, with the request delayed on its way until the parcel has arrived.',
    acts: cancelAfter('shipping.shipment-dispatched.v1'),
    late: [{ event: 'orders.order-cancellation-requested.v1', to: 'shipping' }],
    ends: { status: 'delivered' },
  },
  {
    name: 'deadline',
    title: 'Cancelled: the deadline is over',
    about: 'The carrier never comes for the parcel. Orders asks to cancel when its time is up.',
    carrierNever: 'hand-over',
    ends: { status: 'cancelled', reason: 'deadline-exceeded' },
  },
  {
    name: 'hold-expired',
    title: 'Cancelled: the stock was held for too long',
    about: 'An expiry never undoes by itself. It is said, and orders asks to cancel.',
    carrierNever: 'hand-over',
    deadlineMs: 2 * HOUR_MS,
    ends: { status: 'cancelled', reason: 'stock-hold-expired' },
  },
  {
    name: 'authorization-expired',
    title: 'Cancelled: the authorisation lapsed',
    about: 'The same for the authorisation of a payment.',
    carrierNever: 'hand-over',
    deadlineMs: 2 * HOUR_MS,
    authorizationMs: 30 * MINUTE_MS,
    ends: { status: 'cancelled', reason: 'authorization-expired' },
  },
  {
    name: 'needs-attention',
    title: 'Needs attention: a service is silent',
    about:
      'Shipping hears nothing, so neither the booking nor the cancellation is answered. A person is called, and told whom the order waits for.',
    deaf: ['shipping'],
    deadlineMs: 10 * MINUTE_MS,
    ends: { status: 'needs-attention', reason: 'no answer before the deadline from shipping (cancel-shipment)' },
  },
  {
    name: 'provider-silent',
    title: 'Needs attention: the provider never answers',
    about:
      'Unknown for longer than anybody may wait. Payments asks for six hours, then says so; nothing was guessed meanwhile.',
    silent: 'payment-provider',
    ends: { status: 'needs-attention' },
  },
  {
    name: 'carrier-silent',
    title: 'Needs attention: the carrier never answers',
    about:
      'The order is cancelled, and everything of ours undone; whether a booking was made stays open until a person asks.',
    silent: 'carrier',
    ends: { status: 'cancelled', reason: 'deadline-exceeded' },
  },
  {
    name: 'order-heard-late',
    title: 'Delivered, though the order was heard of last',
    about:
      'Events of different services arrive in any order. Payments and shipping note what they hear, and act when they know enough.',
    late: [
      { event: 'orders.order-submitted.v1', to: 'payments' },
      { event: 'orders.order-submitted.v1', to: 'shipping' },
    ],
    ends: { status: 'delivered' },
  },
  {
    name: 'capture-unanswered',
    title: 'Needs attention: the capture is never answered',
    about: 'The parcel has left, so nothing is undone. A person is called, first by the deadline and then by payments.',
    silent: 'payment-provider',
    silentOn: ['capture'],
    ends: { status: 'needs-attention' },
  },
  {
    name: 'void-unanswered',
    title: 'Needs attention: the void is never answered',
    about: 'The order is not called cancelled as long as its undo is not confirmed.',
    country: 'ZZ',
    silent: 'payment-provider',
    silentOn: ['void'],
    ends: { status: 'needs-attention' },
  },
  {
    name: 'cancel-unanswered',
    title: 'Cancelled, though the carrier never takes the booking back',
    about:
      'Shipping has decided that the parcel stays, so the order is cancelled. The booking at the carrier needs a person.',
    silent: 'carrier',
    silentOn: ['cancel'],
    acts: cancelAfter('shipping.shipment-booked.v1'),
    ends: CANCELLED,
  },
  {
    name: 'provider-retried',
    title: 'Needs attention, and an operator has the call made again',
    about:
      'The provider is back. The call is made once more with the same key, and what it does is undone, as the order was cancelled meanwhile.',
    silent: 'payment-provider',
    acts: [operate('payments', 'make the call again', { type: 'RetryCall' }, true)],
    ends: { status: 'cancelled', reason: 'deadline-exceeded' },
  },
  {
    name: 'provider-resolved',
    title: 'Needs attention, and an operator finds out at the provider',
    about: 'The provider says by telephone that nothing was charged.',
    silent: 'payment-provider',
    acts: [operate('payments', 'nothing was charged', { type: 'ResolveCall', outcome: 'not-done' })],
    ends: { status: 'cancelled' },
  },
  {
    name: 'carrier-retried',
    title: 'Cancelled, and an operator has the booking looked up again',
    about: 'The carrier is back. A booking that was made after all is taken back.',
    silent: 'carrier',
    acts: [operate('shipping', 'make the call again', { type: 'RetryCall' }, true)],
    ends: { status: 'cancelled', reason: 'deadline-exceeded' },
  },
  {
    name: 'carrier-resolved',
    title: 'Cancelled, and an operator finds out at the carrier',
    about: 'The carrier says by telephone that nothing was booked.',
    silent: 'carrier',
    acts: [operate('shipping', 'nothing was booked', { type: 'ResolveCall', outcome: 'not-done' })],
    ends: { status: 'cancelled', reason: 'deadline-exceeded' },
  },
  {
    name: 'order-retried',
    title: 'Needs attention, and an operator gives the order more time',
    about: 'Shipping is back, and hears all that it has missed.',
    deaf: ['shipping'],
    acts: [operate('orders', 'wait once more', { type: 'RetryOrder' }, true)],
    ends: { status: 'cancelled' },
  },
  {
    name: 'cancellation-forced',
    title: 'Needs attention, and an operator insists on the cancellation',
    about: 'It is cancelled once every undo is confirmed, like any other order.',
    deaf: ['shipping'],
    acts: [operate('orders', 'cancel it', { type: 'ForceCancellation' }, true)],
    ends: { status: 'cancelled' },
  },
  {
    name: 'order-resolved',
    title: 'Needs attention, and an operator settles the order by hand',
    about:
      'Payments hears nothing. Nothing was charged, an operator has found out, and the stock is corrected by hand.',
    deaf: ['payments'],
    acts: [operate('orders', 'it was cancelled by hand', { type: 'ResolveOrder', outcome: 'cancelled' })],
    ends: { status: 'cancelled' },
  },
  {
    name: 'order-resolved-delivered',
    title: 'Needs attention, and an operator settles an order that has arrived',
    about:
      'The capture is never answered. The customer has paid in another way, an operator says; the parcel has arrived, so the order is delivered.',
    silent: 'payment-provider',
    silentOn: ['capture'],
    acts: [operate('orders', 'it was paid by hand', { type: 'ResolveOrder', outcome: 'completed' })],
    ends: { status: 'delivered' },
  },
  {
    name: 'delivered-rewarded',
    title: 'Delivered, and the customer rises to another tier',
    about: 'What is delivered earns a registered customer points, in the append that says so.',
    acts: [
      ofCustomer('orders.order-submitted.v1', 'registers', {
        ...{ type: 'RegisterCustomer', name: 'Ada Byron', email: 'ada@example.org' },
      }),
      ofCustomer('inventory.stock-reserved.v1', 'is given points', {
        ...{ type: 'AwardLoyaltyPoints', points: 950, reference: 'welcome' },
      }),
    ],
    ends: { status: 'delivered' },
  },
  {
    name: 'returned',
    title: 'Delivered, and partly returned',
    about: 'An operator gives back a part of the money. The order stands as it is.',
    acts: [giveBack(3490)],
    ends: { status: 'delivered' },
  },
];
