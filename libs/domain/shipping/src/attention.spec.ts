import { given } from '@murmuration/testing';
import { shippingAgenda } from './agenda';
import { announce } from './announcements';
import { shipment } from './shipment';
import {
  after,
  BOOK,
  booked,
  booking,
  CANCEL,
  cancel,
  cancelled,
  cancelledInFlight,
  dispatched,
  done,
  gaveUp,
  NOW,
  ORDER,
  REFERENCE,
  refused,
  report,
  resolve,
  retry,
  shipTo,
} from './shipment.fixture';
import type { ShipmentCommand } from './shipment.messages';

const mira = { actor: 'mira', reason: 'the carrier is back' };
const stuck = {
  booking: [...booking, report(BOOK, gaveUp)],
  inFlight: [...cancelledInFlight, report(BOOK, gaveUp)],
  cancelling: [...cancelled, report(CANCEL, gaveUp)],
  cancelRefused: [...cancelled, report(CANCEL, refused)],
} satisfies Readonly<Record<string, readonly ShipmentCommand[]>>;

const eventsOf = (history: readonly ShipmentCommand[], ...more: readonly ShipmentCommand[]) =>
  after(...history, ...more).slice(after(...history).length);
const bookCall = { type: 'book', orderId: ORDER, shipTo: shipTo() };
const cancelCall = { type: 'cancel', orderId: ORDER, carrierReference: REFERENCE };
const attentionResolved = {
  type: 'ShipmentAttentionResolved',
  orderId: ORDER,
  attentions: [1],
  ...mira,
  resolvedAt: NOW,
} as const;

describe('a call that is made once more', () => {
  it.each<[string, readonly ShipmentCommand[], string, unknown]>([
    ['a booking, under its key, since it may have happened', stuck.booking, BOOK, bookCall],
    ['the booking of a cancelled shipment, to learn what became of it', stuck.inFlight, BOOK, bookCall],
    ['a cancellation, under its key, since it may have happened', stuck.cancelling, CANCEL, cancelCall],
    ['a refused cancellation, under a key of its own', stuck.cancelRefused, `${CANCEL}#2`, cancelCall],
  ])('is %s, and asked about first', (_, history, key, effect) => {
    const [retried, ...others] = eventsOf(history, retry);
    expect([retried, others]).toEqual([
      { type: 'ShipmentRetryRequested', orderId: ORDER, key, effect, attentions: [1], ...mira, requestedAt: NOW },
      [],
    ]);
    expect(shippingAgenda.changesOf(retried!)).toEqual([{ type: 'effect-opened', key, effect, askFirst: true }]);
  });

  it.each<[string, readonly ShipmentCommand[], string, string]>([
    ['a booking', stuck.booking, BOOK, 'ShipmentBooked'],
    ['the booking of a cancelled shipment', stuck.inFlight, BOOK, 'BookingCancellationRequested'],
    ['a cancellation', stuck.cancelling, CANCEL, 'BookingCleared'],
    ['a refused cancellation', stuck.cancelRefused, `${CANCEL}#2`, 'BookingCleared'],
  ])('goes on from the answer to %s, and leaves no call open', (_, history, key, type) => {
    const [answered] = eventsOf([...history, retry], report(key, done));
    expect(answered).toMatchObject({ type });
    expect(shippingAgenda.changesOf(answered!)).toContainEqual({ type: 'effect-closed', key });
  });

  it('calls for a person again, by the next number, when it comes to nothing again', () => {
    expect(eventsOf([...stuck.booking, retry], report(BOOK, gaveUp))).toMatchObject([{ attention: 2 }]);
    expect(eventsOf([...stuck.cancelRefused, retry], report(`${CANCEL}#2`, refused))).toMatchObject([
      { key: `${CANCEL}#2`, attention: 2 },
    ]);
  });

  it('does not hear what is said late of the attempt before', () =>
    given(shipment, ...after(...stuck.cancelRefused, retry))
      .when(report(CANCEL, refused))
      .thenNothing());

  it('is not one that nobody has made yet', () =>
    given(shipment, ...after(...stuck.cancelRefused))
      .when(report(`${CANCEL}#2`, done))
      .thenRejected({ type: 'NoSuchRequest', key: `${CANCEL}#2` }));

  it('stays quiet while it is made', () =>
    given(shipment, ...after(...stuck.booking, retry))
      .when(retry)
      .thenNothing());

  it('may still be overtaken by a cancellation', () => {
    expect(eventsOf([...stuck.booking, retry], cancel, report(BOOK, done))).toMatchObject([
      { type: 'ShipmentCancelled', held: true },
      { type: 'BookingCancellationRequested' },
    ]);
  });

  it.each([
    ['booked', booked],
    ['dispatched', dispatched],
  ])('is refused when nothing needs a person: %s', (status, history) =>
    given(shipment, ...after(...history))
      .when(retry)
      .thenRejected({ type: 'NothingNeedsAttention', orderId: ORDER, status }),
  );
});

it.each([retry, resolve('done', REFERENCE), resolve('not-done')])(
  '%p is refused for an order that was not heard of yet',
  (command) => given(shipment).when(command).thenRejected({ type: 'OrderNotHeardOfYet', orderId: ORDER }),
);

describe('a call that was settled by hand', () => {
  it('is a booking with the name that the carrier gave it', () => {
    given(shipment, ...after(...stuck.booking))
      .when(resolve('done', REFERENCE))
      .then(
        { ...attentionResolved, key: BOOK, outcome: 'done' },
        { type: 'ShipmentBooked', orderId: ORDER, carrierReference: REFERENCE, bookedAt: NOW },
      );
    given(shipment, ...after(...stuck.booking))
      .when(resolve('done'))
      .thenRejected({ type: 'ReferenceMissing', key: BOOK });
  });

  it('is a refusal when the carrier has no booking', () =>
    given(shipment, ...after(...stuck.booking))
      .when(resolve('not-done'))
      .then(
        { ...attentionResolved, key: BOOK, outcome: 'not-done' },
        { type: 'ShipmentRefused', orderId: ORDER, reason: mira.reason, refusedAt: NOW },
      ));

  it('is taken back when it turns out to be booked for a cancelled shipment', () => {
    expect(eventsOf(stuck.inFlight, resolve('done', REFERENCE))).toMatchObject([
      { type: 'ShipmentAttentionResolved' },
      { type: 'BookingCancellationRequested', carrierReference: REFERENCE },
    ]);
  });

  it.each<[string, readonly ShipmentCommand[], ShipmentCommand]>([
    ['there was no booking', stuck.inFlight, resolve('not-done')],
    ['it was cancelled by telephone', stuck.cancelRefused, resolve('done')],
  ])('leaves nothing at the carrier: %s', (_, history, command) => {
    const events = eventsOf(history, command);
    expect(events).toMatchObject([{ type: 'ShipmentAttentionResolved' }, { type: 'BookingCleared' }]);
    expect(events.flatMap((event) => announce(event)?.name ?? [])).toEqual(['shipping.shipment-attention-handled.v1']);
  });

  it('cannot leave a booking with the carrier that nobody needs', () =>
    given(shipment, ...after(...stuck.cancelRefused))
      .when(resolve('not-done'))
      .thenRejected({ type: 'MustBeUndone', key: CANCEL }));

  it('is settled once', () =>
    given(shipment, ...after(...stuck.booking, resolve('not-done')))
      .when(resolve('done', REFERENCE))
      .thenRejected({ type: 'NothingNeedsAttention', orderId: ORDER, status: 'refused' }));
});

describe('a call for a person', () => {
  it('is taken back aloud when the carrier answers after all', () => {
    const events = eventsOf(stuck.inFlight, report(BOOK, done), report(CANCEL, done));
    expect(events.flatMap((event) => announce(event) ?? [])).toMatchObject([
      { name: 'shipping.shipment-attention-handled.v1', data: { action: 'answered', attentions: [1] } },
    ]);
  });
});
