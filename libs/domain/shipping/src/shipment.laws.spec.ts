import fc from 'fast-check';
import { announce } from './announcements';
import {
  BOOK,
  CANCEL,
  cancel,
  deliver,
  dispatch,
  done,
  gaveUp,
  handOver,
  noteAuthorized,
  noteOrder,
  playShipment,
  playWithCarrier,
  REFERENCE,
  refused,
  report,
  resolve,
  retry,
} from './shipment.fixture';
import type { ShipmentCommand, ShipmentEvent } from './shipment.messages';

const COUNTRIES = ['AT', 'ZZ', 'YY'];
const ROUNDS_MAX = 20;

const reaction = fc.constantFrom(noteOrder(), noteAuthorized, cancel);
const answer = fc
  .tuple(fc.constantFrom(BOOK, BOOK, CANCEL, `${CANCEL}#2`), fc.constantFrom(done, done, refused, gaveUp))
  .map(([key, outcome]) => report(key, outcome));
const fromOutside = fc.constantFrom(dispatch, handOver(), deliver);
const byHand = fc.constantFrom(retry, resolve('done'), resolve('done', REFERENCE), resolve('not-done'));
const commands = fc.array(fc.oneof(reaction, answer, fromOutside, byHand), { maxLength: 20 });

const countOf = (events: readonly ShipmentEvent[], type: ShipmentEvent['type']): number =>
  events.filter((event) => event.type === type).length;

describe('the laws of a shipment', () => {
  it('one shipment per order, and never both cancelled and dispatched, whatever is commanded and answered', () => {
    fc.assert(
      fc.property(commands, (wishes) => {
        const { run } = playShipment();
        const events = wishes.flatMap((wish) => run(wish).accepted ?? []);
        for (const type of ['ShipmentBooked', 'ShipmentDispatched', 'ShipmentDelivered', 'ShipmentCancelled'] as const)
          expect(countOf(events, type)).toBeLessThanOrEqual(1);
        const ends = ['ShipmentDispatched', 'ShipmentCancelled', 'ShipmentRefused'] as const;
        expect(ends.reduce((sum, type) => sum + countOf(events, type), 0)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  it('nothing is said as booked once it is said as cancelled', () => {
    fc.assert(
      fc.property(commands, (wishes) => {
        const { run } = playShipment();
        const said = wishes.flatMap((wish) => run(wish).accepted ?? []).flatMap((event) => announce(event)?.name ?? []);
        const cancelledAt = said.indexOf('shipping.shipment-cancelled.v1');
        if (cancelledAt >= 0) expect(said.slice(cancelledAt)).not.toContain('shipping.shipment-booked.v1');
      }),
      { numRuns: 500 },
    );
  });

  it('a reaction twice is once', () => {
    fc.assert(
      fc.property(commands, fc.oneof(reaction, answer, fromOutside), (wishes, twice) => {
        const { run } = playShipment();
        wishes.forEach(run);
        run(twice);
        expect(run(twice).accepted ?? []).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

/** What may happen between any two messages: calls with and without their answers, and the carrier itself. */
const meanwhile = fc.constantFrom('call', 'call-unheard', 'carrier-comes', 'nothing');
type Meanwhile = 'call' | 'call-unheard' | 'carrier-comes' | 'nothing';

const playThrough = (messages: readonly ShipmentCommand[], between: readonly Meanwhile[]) => {
  const play = playWithCarrier();
  messages.forEach((message, index) => {
    play.hear(message);
    if (between[index] === 'call') play.callOnce();
    if (between[index] === 'call-unheard') play.callUnheard();
    if (between[index] === 'carrier-comes') play.carrierComes();
  });
  for (let round = 0; round < ROUNDS_MAX; round++) {
    play.callOnce();
    play.carrierComes();
  }
  return play;
};

const happenings = (count: number) => fc.array(meanwhile, { minLength: count, maxLength: count });

describe('a shipment with its carrier', () => {
  it.each(COUNTRIES)(
    '%s: action and undo in any order of arrival end with no parcel and no booking, or with one parcel',
    (country) => {
      const arrivals = fc.shuffledSubarray([noteOrder(country), noteAuthorized, cancel, noteOrder(country), cancel], {
        minLength: 5,
      });
      fc.assert(
        fc.property(arrivals, happenings(5), (messages, between) => {
          const { state, ledger, openCalls } = playThrough(messages, between);
          const { status } = state();
          const bookings = ledger().bookings.map((booking) => booking.status);
          expect(openCalls()).toBe(0);
          // The carrier may have come before the cancellation was heard; then the cancellation was refused.
          if (status === 'delivered') expect(bookings).toEqual(['delivered']);
          else {
            expect(['cancelled', 'refused']).toContain(status);
            expect(bookings.filter((booking) => booking !== 'cancelled')).toEqual([]);
          }
        }),
        { numRuns: 200 },
      );
    },
  );

  it.each(COUNTRIES)('%s: ends the same in whatever order the order and the authorisation are heard', (country) => {
    const arrivals = fc.shuffledSubarray([noteOrder(country), noteAuthorized, noteOrder(country), noteAuthorized], {
      minLength: 4,
    });
    const straight = playThrough([noteOrder(country), noteAuthorized], []);
    fc.assert(
      fc.property(arrivals, happenings(4), (messages, between) => {
        const { state, ledger } = playThrough(messages, between);
        expect(state()).toEqual(straight.state());
        expect(ledger().bookings).toEqual(straight.ledger().bookings);
      }),
    );
  });

  it.each(COUNTRIES)('%s: a cancellation before the authorisation always wins', (country) => {
    const arrivals = fc.constantFrom(
      [noteOrder(country), cancel, noteAuthorized],
      [cancel, noteOrder(country), noteAuthorized],
      [cancel, noteAuthorized, noteOrder(country)],
    );
    fc.assert(
      fc.property(arrivals, happenings(3), (messages, between) => {
        const { state, ledger } = playThrough(messages, between);
        expect(state()).toEqual({ status: 'cancelled', leftover: 'nothing', attentions: 0 });
        expect(ledger().bookings).toEqual([]);
      }),
    );
  });

  it('the carrier has exactly one booking, however often it was called and whatever it answered', () => {
    const arrivals = fc.shuffledSubarray([noteOrder('YY'), noteAuthorized, noteOrder('YY')], { minLength: 3 });
    fc.assert(
      fc.property(arrivals, happenings(3), (messages, between) => {
        const { state, ledger } = playThrough(messages, between);
        expect(state()).toMatchObject({ status: 'delivered' });
        expect(ledger().bookings).toHaveLength(1);
      }),
    );
  });
});
