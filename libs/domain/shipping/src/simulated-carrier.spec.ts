import { plusMs } from '@murmuration/kernel';
import { BOOK, CANCEL, NOW, ORDER, REFERENCE, shipTo } from './shipment.fixture';
import type { CarrierEffect, CarrierOutcome } from './shipment.messages';
import {
  EMPTY_CARRIER_LEDGER,
  simulatedCarrier,
  type CarrierCallAnswer,
  type CarrierLedger,
} from './simulated-carrier';

const book = (country = 'AT'): CarrierEffect => ({ type: 'book', orderId: ORDER, shipTo: shipTo(country) });
const cancel: CarrierEffect = { type: 'cancel', orderId: ORDER, carrierReference: REFERENCE };
const done = { outcome: 'done', result: { carrierReference: REFERENCE } };
const PACE = { handOverMs: 300, deliverMs: 700 };

/** A carrier that keeps its ledger. */
const openDepot = (start: CarrierLedger = EMPTY_CARRIER_LEDGER) => {
  let ledger = start;
  return {
    ledger: () => ledger,
    statuses: () => ledger.bookings.map(({ status }) => status),
    query: (key: string) => simulatedCarrier.query(ledger, key),
    nextCall: () => simulatedCarrier.nextCall(ledger),
    perform: (key: string, effect: CarrierEffect): CarrierOutcome => {
      const performed = simulatedCarrier.perform(ledger, key, effect, NOW, PACE);
      ledger = performed.ledger;
      return performed.outcome;
    },
    /** Makes the next call, and hears this answer. */
    calls: (answer: CarrierCallAnswer): void => {
      const call = simulatedCarrier.nextCall(ledger);
      if (call !== undefined) ledger = simulatedCarrier.called(ledger, call, answer, call.dueAt, PACE);
    },
  };
};
const booked = () => {
  const depot = openDepot();
  depot.perform(BOOK, book());
  return depot;
};

describe('booking at the simulated carrier', () => {
  it('is done, once for one client reference', () => {
    const { perform, query, ledger } = openDepot();
    expect(perform(BOOK, book())).toEqual(done);
    expect(perform(BOOK, book())).toEqual(done);
    expect(query(BOOK)).toEqual(done);
    expect(ledger().bookings).toHaveLength(1);
  });

  it('is refused for a country that is not served', () => {
    const { perform, query, nextCall } = openDepot();
    expect(perform(BOOK, book('ZZ'))).toEqual({ outcome: 'refused', reason: 'country_not_served' });
    expect(query(BOOK)).toEqual({ outcome: 'refused', reason: 'country_not_served' });
    expect(nextCall()).toBeUndefined();
  });

  it('for YY happens although the caller hears nothing, and is the same booking when it is repeated', () => {
    const { perform, query, ledger } = openDepot();
    expect(perform(BOOK, book('YY'))).toEqual({ outcome: 'unknown', reason: 'timeout' });
    expect(query(BOOK)).toEqual(done);
    expect(perform(BOOK, book('YY'))).toEqual(done);
    expect(ledger().bookings).toHaveLength(1);
  });

  it('happens twice for a careless client with two references', () => {
    const { perform, ledger } = openDepot();
    perform(BOOK, book('YY'));
    perform('book:again', book('YY'));
    expect(ledger().bookings.map(({ clientReference }) => clientReference)).toEqual([BOOK, 'book:again']);
  });

  it('is not found before it was asked for', () => {
    expect(openDepot().query(BOOK)).toEqual({ outcome: 'not-found' });
  });
});

describe('the simulated carrier', () => {
  it('comes for the parcel, and delivers it, each after its delay', () => {
    const { nextCall, calls, statuses } = booked();
    const handOverAt = plusMs(NOW, PACE.handOverMs);
    expect(nextCall()).toEqual({ call: 'hand-over', carrierReference: REFERENCE, dueAt: handOverAt });
    calls('accepted');
    expect(nextCall()).toEqual({
      call: 'deliver',
      carrierReference: REFERENCE,
      dueAt: plusMs(handOverAt, PACE.deliverMs),
    });
    calls('accepted');
    expect(nextCall()).toBeUndefined();
    expect(statuses()).toEqual(['delivered']);
  });

  it('keeps a parcel that is not handed over, and does not come again', () => {
    const { nextCall, calls, statuses } = booked();
    calls('refused');
    expect(statuses()).toEqual(['kept']);
    expect(nextCall()).toBeUndefined();
  });

  it('does not come for what was cancelled', () => {
    const { perform, nextCall, statuses } = booked();
    expect(perform(CANCEL, cancel)).toEqual(done);
    expect(statuses()).toEqual(['cancelled']);
    expect(nextCall()).toBeUndefined();
  });

  it('cancels what it keeps, and takes a second cancellation under any key as done', () => {
    const { perform, calls, statuses } = booked();
    calls('refused');
    expect(perform(CANCEL, cancel)).toEqual(done);
    expect(perform(CANCEL, cancel)).toEqual(done);
    expect(perform('cancel:again', cancel)).toEqual(done);
    expect(statuses()).toEqual(['cancelled']);
  });

  it('refuses to cancel what has left, and what was never booked', () => {
    const { perform, calls } = booked();
    calls('accepted');
    expect(perform(CANCEL, cancel)).toEqual({ outcome: 'refused', reason: 'already_handed_over' });
    expect(openDepot().perform(CANCEL, cancel)).toEqual({ outcome: 'refused', reason: 'no_such_booking' });
  });

  it('ignores the answer to a call that it no longer makes', () => {
    const { ledger, nextCall, perform } = booked();
    const call = nextCall()!;
    perform(CANCEL, cancel);
    expect(simulatedCarrier.called(ledger(), call, 'accepted', NOW, PACE)).toBe(ledger());
  });

  it('keeps a ledger that survives being stored as JSON', () => {
    const { ledger } = booked();
    const restored = openDepot(JSON.parse(JSON.stringify(ledger())) as CarrierLedger);
    restored.calls('accepted');
    expect(restored.statuses()).toEqual(['handed-over']);
  });
});
