import { plusMs, unreachable, type EffectOutcome, type Instant, type QueryOutcome } from '@murmuration/kernel';
import type { CarrierEffect, CarrierOutcome, CarrierReceipt } from './shipment.messages';

/** How long the simulated carrier takes to come for a parcel, and then to deliver it. */
export type CarrierPace = { readonly handOverMs: number; readonly deliverMs: number };
export const CARRIER_PACE: CarrierPace = { handOverMs: 1_000, deliverMs: 1_000 };

type Place = { readonly clientReference: string; readonly carrierReference: string };

/** One parcel's way. A parcel that the shop would not hand over is kept, and the carrier does not come for it again. */
export type CarrierBooking = Place &
  (
    | { readonly status: 'booked'; readonly handOverAt: Instant }
    | { readonly status: 'handed-over'; readonly deliverAt: Instant }
    | { readonly status: 'delivered' | 'cancelled' | 'kept' }
  );

type Answer = Extract<EffectOutcome<CarrierReceipt>, { readonly outcome: 'done' | 'refused' }>;

/** What the simulated carrier keeps of one order: JSON, one row. A careless client would find two bookings here. */
export type CarrierLedger = {
  readonly bookings: readonly CarrierBooking[];
  readonly answers: Readonly<Record<string, Answer>>;
};

export const EMPTY_CARRIER_LEDGER: CarrierLedger = { bookings: [], answers: {} };

/** A call that the carrier makes of its own accord once it is due. */
export type CarrierCall = {
  readonly call: 'hand-over' | 'deliver';
  readonly carrierReference: string;
  readonly dueAt: Instant;
};

/** What the shop said to such a call: a refused hand-over leaves the parcel where it is. */
export type CarrierCallAnswer = 'accepted' | 'refused';

const NOT_SERVED_COUNTRY = 'ZZ';
const SILENT_COUNTRY = 'YY';

const book = (
  ledger: CarrierLedger,
  clientReference: string,
  { orderId, shipTo }: Extract<CarrierEffect, { type: 'book' }>,
  now: Instant,
  { handOverMs }: CarrierPace,
): { readonly ledger: CarrierLedger; readonly outcome: CarrierOutcome } => {
  if (shipTo.country === NOT_SERVED_COUNTRY)
    return answered(ledger, clientReference, { outcome: 'refused', reason: 'country_not_served' });
  const nth = ledger.bookings.length;
  const carrierReference = nth === 0 ? `CR-${orderId}` : `CR-${orderId}-${nth + 1}`;
  const booking = { clientReference, carrierReference, status: 'booked', handOverAt: plusMs(now, handOverMs) } as const;
  const booked = answered({ ...ledger, bookings: [...ledger.bookings, booking] }, clientReference, {
    outcome: 'done',
    result: { carrierReference },
  });
  return shipTo.country === SILENT_COUNTRY ? { ...booked, outcome: { outcome: 'unknown', reason: 'timeout' } } : booked;
};

const cancel = (
  ledger: CarrierLedger,
  key: string,
  { carrierReference }: Extract<CarrierEffect, { type: 'cancel' }>,
): { readonly ledger: CarrierLedger; readonly outcome: CarrierOutcome } => {
  const booking = ledger.bookings.find((known) => known.carrierReference === carrierReference);
  if (booking === undefined) return answered(ledger, key, { outcome: 'refused', reason: 'no_such_booking' });
  if (booking.status === 'handed-over' || booking.status === 'delivered')
    return answered(ledger, key, { outcome: 'refused', reason: 'already_handed_over' });
  const cancelled = { ...placeOf(booking), status: 'cancelled' } as const;
  return answered(withBooking(ledger, cancelled), key, { outcome: 'done', result: { carrierReference } });
};

/**
 * A carrier scripted by its input: the country `ZZ` is not served; for `YY` the first call books and is not answered. A key
 * that was answered is answered alike for ever, and nothing happens twice. Pure: whoever calls it keeps the ledger.
 */
export const simulatedCarrier = {
  perform: (
    ledger: CarrierLedger,
    key: string,
    effect: CarrierEffect,
    now: Instant,
    pace: CarrierPace = CARRIER_PACE,
  ): { readonly ledger: CarrierLedger; readonly outcome: CarrierOutcome } => {
    const known = ledger.answers[key];
    if (known !== undefined) return { ledger, outcome: known };
    switch (effect.type) {
      case 'book':
        return book(ledger, key, effect, now, pace);
      case 'cancel':
        return cancel(ledger, key, effect);
      default:
        return unreachable(effect);
    }
  },

  query: (ledger: CarrierLedger, key: string): QueryOutcome<CarrierReceipt> =>
    ledger.answers[key] ?? { outcome: 'not-found' },

  /** The next call that the carrier will make about this order, due or not. */
  nextCall: ({ bookings }: CarrierLedger): CarrierCall | undefined =>
    bookings
      .flatMap(callOf)
      .reduce<CarrierCall | undefined>(
        (next, call) => (next === undefined || call.dueAt < next.dueAt ? call : next),
        undefined,
      ),

  /** The ledger after such a call was answered. */
  called: (
    ledger: CarrierLedger,
    { call, carrierReference }: CarrierCall,
    answer: CarrierCallAnswer,
    now: Instant,
    { deliverMs }: CarrierPace = CARRIER_PACE,
  ): CarrierLedger => {
    const booking = ledger.bookings.find((known) => known.carrierReference === carrierReference);
    if (booking === undefined || callOf(booking)[0]?.call !== call) return ledger;
    const place = placeOf(booking);
    if (call === 'deliver') return withBooking(ledger, { ...place, status: 'delivered' });
    return withBooking(
      ledger,
      answer === 'accepted'
        ? { ...place, status: 'handed-over', deliverAt: plusMs(now, deliverMs) }
        : { ...place, status: 'kept' },
    );
  },
} as const;

const callOf = (booking: CarrierBooking): readonly CarrierCall[] => {
  const { carrierReference } = booking;
  if (booking.status === 'booked') return [{ call: 'hand-over', carrierReference, dueAt: booking.handOverAt }];
  if (booking.status === 'handed-over') return [{ call: 'deliver', carrierReference, dueAt: booking.deliverAt }];
  return [];
};

const placeOf = ({ clientReference, carrierReference }: Place): Place => ({ clientReference, carrierReference });

const withBooking = (ledger: CarrierLedger, booking: CarrierBooking): CarrierLedger => ({
  ...ledger,
  bookings: ledger.bookings.map((known) => (known.carrierReference === booking.carrierReference ? booking : known)),
});

const answered = (
  ledger: CarrierLedger,
  key: string,
  answer: Answer,
): { readonly ledger: CarrierLedger; readonly outcome: CarrierOutcome } => ({
  ledger: { ...ledger, answers: { ...ledger.answers, [key]: answer } },
  outcome: answer,
});
