import { shippingAgenda } from './agenda';
import {
  after,
  BOOK,
  booked,
  booking,
  CANCEL,
  cancel,
  cancelled,
  cancelledInFlight,
  done,
  gaveUp,
  handOver,
  NOW,
  ORDER,
  REFERENCE,
  refused,
  refusedByCarrier,
  report,
  shipTo,
} from './shipment.fixture';
import type { ShipmentCommand } from './shipment.messages';

/** The calls that are open after these commands. */
const callsAfter = (...commands: readonly ShipmentCommand[]) => {
  const effects = new Map<string, unknown>();
  for (const change of after(...commands).flatMap(shippingAgenda.changesOf)) {
    if (change.type === 'effect-opened') effects.set(change.key, change.effect);
    if (change.type === 'effect-closed') effects.delete(change.key);
  }
  return Object.fromEntries(effects);
};

const bookCall = { [BOOK]: { type: 'book', orderId: ORDER, shipTo: shipTo() } };
const cancelCall = { [CANCEL]: { type: 'cancel', orderId: ORDER, carrierReference: REFERENCE } };

describe('the agenda of shipping', () => {
  it.each([
    ['to book', booking, bookCall],
    ['to book although the shipment is cancelled, until it is known what became of it', cancelledInFlight, bookCall],
    ['to cancel what is booked', cancelled, cancelCall],
    ['to cancel what turns out to be booked', [...cancelledInFlight, report(BOOK, done)], cancelCall],
  ])('opens a call %s', (_, history, calls) => {
    expect(callsAfter(...history)).toEqual(calls);
  });

  it.each([
    ['booked', booked],
    ['handed over before the booking was answered', [...booking, handOver()]],
    ['refused', refusedByCarrier],
    ['cancelled by a tombstone', [cancel]],
    ['cancelled with its booking', [...cancelled, report(CANCEL, done)]],
    ['cancelled before a booking that was refused', [...cancelledInFlight, report(BOOK, refused)]],
    ['left to an operator', [...booking, report(BOOK, gaveUp)]],
  ])('is empty when the shipment is %s', (_, history) => {
    expect(callsAfter(...history)).toEqual({});
  });

  it('settles a call as a report by its key', () => {
    const effect = { type: 'cancel', orderId: ORDER, carrierReference: REFERENCE } as const;
    expect(shippingAgenda.settle({ key: CANCEL, effect }, done, NOW)).toEqual(report(CANCEL, done));
  });

  it('has no deadline of its own', () => {
    expect(() => shippingAgenda.fire({ key: 'shipment:o-1', dueAt: NOW }, NOW)).toThrow('no deadline in shipping');
  });
});
