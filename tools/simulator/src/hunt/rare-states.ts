/** A situation that hardly ever comes about by itself, and by what it shows that it did. */
export type RareState = { readonly name: string; readonly shownBy: RegExp };

/** Runs that never reach one of these prove nothing about it, so many runs without it are a failure. */
export const RARE_STATES: readonly RareState[] = [
  { name: 'a reservation comes after its release', shownBy: /^stale: reserve-stock: ReservationClosed$/ },
  { name: 'an authorisation is asked for after its undo', shownBy: /^stale: authorize-payment: PaymentClosed$/ },
  { name: 'a booking is asked for after its cancellation', shownBy: /^stale: book-shipment: ShipmentClosed$/ },
  { name: 'an undo while the authorisation is on its way', shownBy: /^payments: PaymentUndoNoted$/ },
  { name: 'a reserved stock is heard of before its order', shownBy: /^payments: StockReservationNoted$/ },
  { name: 'an authorised payment is heard of before its order', shownBy: /^shipping: PaymentAuthorizationNoted$/ },
  { name: 'a cancellation loses against the dispatch', shownBy: /^shipping: ShipmentCancelRefused$/ },
  { name: 'a booking is cleared away after its cancellation', shownBy: /^shipping: BookingCleared$/ },
  { name: 'an authorisation expires', shownBy: /^payments: PaymentAuthorizationExpired$/ },
  { name: 'a hold of stock expires', shownBy: /^inventory: StockHoldExpired$/ },
  { name: 'a draft is given up', shownBy: /^orders: OrderDiscarded$/ },
  { name: 'a line of a draft is removed', shownBy: /^orders: OrderLineRemoved$/ },
  { name: 'an order of a suspended customer is refused', shownBy: /^(order|draft) refused: CustomerSuspended$/ },
  { name: 'a delivered order earns points', shownBy: /^orders: LoyaltyPointsEarned$/ },
  { name: 'a contact is verified', shownBy: /^orders: ContactVerified$/ },
  { name: 'stock is corrected by hand', shownBy: /^inventory: StockAdjusted$/ },
  { name: 'a call of unknown outcome is found to be done', shownBy: /^query \w+: done$/ },
  { name: 'a call of unknown outcome is found to be not made', shownBy: /^query \w+: not-found$/ },
  { name: 'a webhook comes before its answer', shownBy: /^webhook heard before its answer$/ },
  { name: 'an undo gives back what could only be captured', shownBy: /^settled refund: done$/ },
  { name: 'a call is given up', shownBy: /^settled \w+: gave-up$/ },
  { name: 'an order needs a person', shownBy: /^orders: OrderNeedsAttention$/ },
  { name: 'operators retry a call', shownBy: /^(payments: Payment|shipping: Shipment)RetryRequested$/ },
  {
    name: 'operators settle a call by hand',
    shownBy: /^(payments: Payment|shipping: Shipment)(AttentionResolved|CallAbandoned|Abandoned)/,
  },
  { name: 'operators close an order by hand', shownBy: /^orders: OrderAttentionResolved$/ },
  { name: 'operators force a cancellation', shownBy: /^orders: OrderCancellationForced$/ },
  { name: 'the end-to-end deadline fires', shownBy: /^deadline fired: order-deadline$/ },
  { name: 'a deadline fires in vain', shownBy: /^stale answer or deadline: order-deadline$/ },
  { name: 'a zombie consumer is fenced', shownBy: /^zombie consumer fenced$/ },
  { name: 'a duplicate is dropped by its watermark', shownBy: /^duplicate dropped by watermark$/ },
  { name: 'a batch is decided anew', shownBy: /^batch decided anew after a conflict$/ },
  { name: 'the breaker pauses all calls', shownBy: /^calls paused by the breaker$/ },
  { name: 'a gap opens, is told of, and closes', shownBy: /^gap closed$/ },
  { name: 'a gap stays open until somebody is alerted', shownBy: /^gap alert$/ },
  { name: 'a record is parked', shownBy: /^record parked: undecodable$/ },
  { name: 'broken bytes are mended and redriven', shownBy: /^broken record mended$/ },
  { name: 'new work is turned away because much waits to be sent', shownBy: /^new work turned away$/ },
  { name: 'another relay takes the lead', shownBy: /^relay gave up the lead$/ },
];

export const timesReached = ({ shownBy }: RareState, happened: ReadonlyMap<string, number>): number =>
  [...happened].reduce((sum, [what, times]) => (shownBy.test(what) ? sum + times : sum), 0);
