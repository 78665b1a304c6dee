import { topicOf } from '@murmuration/contracts';
import { paymentStream } from '@murmuration/domain-payments';
import type { TracedMessage } from '../run/simulate';
import { isSaid, reaches, timesSaid } from './props';
import type { Scenario } from './scenario';
import type { Stage } from './stage';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const callsOf = ({ world }: Stage, orderId: string, key = 'authorize'): number =>
  world.provider.ledgerOf(orderId).entries[`${key}:${orderId}`]?.calls ?? 0;

/** Who settled the authorisation of an order first. */
const settledBy = async ({ events }: Stage, orderId: string): Promise<string | undefined> =>
  (await events('payments', paymentStream(orderId))).find(({ type }) => type === 'PaymentAuthorized')?.metadata.actor;

const isRefusal = ({ from, text }: TracedMessage): boolean => from === 'carrier' && text === 'hand-over: refused';

/** Whom the flock calls, and what it cannot know. */
export const EXTERNALS: readonly Scenario[] = [
  {
    number: 24,
    title: 'The provider does not answer, and has charged: unknown, asked about, gone on with; never charged twice',
    script: async (stage) => {
      const { place, arm, count, expect, rest, world } = stage;
      arm('webhook never', /authorize:/, 1);
      const orderId = await place({ token: 'tok_timeout_charged' });
      await reaches(stage, orderId, 'delivered');
      expect('the call had no answer', count('perform authorize: unknown') === 1);
      expect('it was asked about', count('query authorize: done') === 1);
      expect('it was made once', callsOf(stage, orderId) === 1);
      expect('nothing was undone', timesSaid(stage, orderId, 'payment-voided') === 0);
      expect('all was captured once', world.provider.ledgerOf(orderId).charge?.capturedMinor === 2_500);
      await rest();
    },
  },
  {
    number: 25,
    title: 'The provider does not answer, and has not charged: it says so when asked, and the same key is used again',
    script: async (stage) => {
      const { place, count, expect, rest, world } = stage;
      const orderId = await place({ token: 'tok_timeout_not_charged' });
      await reaches(stage, orderId, 'delivered');
      expect('the call had no answer', count('perform authorize: unknown') === 1);
      expect('the provider has never heard of it', count('query authorize: not-found') === 1);
      expect('it was made again with its key', callsOf(stage, orderId) === 2);
      const keys = Object.keys(world.provider.ledgerOf(orderId).entries).filter((key) => key.startsWith('authorize'));
      expect('there is no other key', keys.length === 1);
      await rest();
    },
  },
  {
    number: 26,
    title: "The provider's webhook comes before its answer, twice, or never: merged by key, and asking covers never",
    script: async (stage) => {
      const { place, arm, count, expect, rest, world } = stage;
      const [early, twice, never] = ['early', 'twice', 'never'].map(
        (_, nth) => `2600000${nth}-0000-4000-8000-000000000026`,
      );
      arm('webhook early', new RegExp(`authorize:${early}`));
      arm('webhook twice', new RegExp(`authorize:${twice}`));
      arm('webhook twice', new RegExp(`capture:${twice}`));
      arm('answer lost', new RegExp(`authorize:${never}`));
      arm('webhook never', new RegExp(`authorize:${never}`));
      for (const orderId of [early, twice, never]) if (orderId !== undefined) await place({ orderId });
      for (const orderId of [early, twice, never])
        if (orderId !== undefined) {
          await reaches(stage, orderId, 'delivered');
          expect(
            'it was authorised and captured once',
            timesSaid(stage, orderId, 'payment-authorized') === 1 &&
              timesSaid(stage, orderId, 'payment-captured') === 1,
          );
          expect(
            'the provider was called once for each',
            callsOf(stage, orderId) === 1 && callsOf(stage, orderId, 'capture') === 1,
          );
          expect('and keeps what was captured', world.provider.ledgerOf(orderId).charge?.capturedMinor === 2_500);
        }
      expect('the early webhook was first', (await settledBy(stage, early ?? '')) === 'client');
      expect(
        'where none came, payments found out by asking',
        (await settledBy(stage, never ?? '')) === 'payments-agenda' && count('query authorize: done') >= 1,
      );
      await rest();
    },
  },
  {
    number: 27,
    title:
      'The provider is down for an hour: calls pause, nothing fails before its deadline, and then they drain a few at a time',
    stage: {
      limits: {
        budgetMs: 6 * HOUR_MS,
        callsMax: 4,
        unclearInARowMax: 10,
        breakerPauseMaxMs: 30_000,
        backoffMaxMs: MINUTE_MS,
      },
    },
    script: async (stage) => {
      const { place, pass, until, count, standing, told, expect, rest, world } = stage;
      world.provider.outage.begin(HOUR_MS);
      await pass(5 * MINUTE_MS);
      const orderIds: string[] = [];
      for (let nth = 0; nth < 30; nth++) orderIds.push(await place({ deadlineMs: 2 * HOUR_MS }));
      await until('calls pause', () => count('calls paused by the breaker') > 0, 5 * MINUTE_MS);
      await pass(5 * MINUTE_MS);
      const before = told(({ to }) => to === 'provider');
      await pass(10 * MINUTE_MS);
      const calls = told(({ to }) => to === 'provider') - before;
      expect('one call at a time probes, about twice in a minute', calls >= 10 && calls <= 30);
      await pass(world.provider.outage.leftMs());
      expect(
        'nothing has failed meanwhile',
        orderIds.every((orderId) => standing(orderId)?.status === 'reserved'),
      );
      world.provider.takeBusiest();
      for (const orderId of orderIds) await reaches(stage, orderId, 'delivered', 5 * MINUTE_MS);
      expect('never more calls at one time than allowed', world.provider.takeBusiest() <= 4);
      expect(
        'each order was charged once',
        orderIds.every((orderId) => callsOf(stage, orderId) === 1),
      );
      await rest();
    },
  },
  {
    number: 28,
    title:
      'The authorisation expires before the dispatch: it is said, and the order is called off; nothing leaves unpaid',
    stage: { carrierMs: { handOverMs: 20_000, deliverMs: 500 } },
    script: async (stage) => {
      const { place, arm, until, told, standing, expect, rest, world } = stage;
      arm('authorisation short', /authorize:/);
      const orderId = await place();
      await isSaid(stage, orderId, 'shipment-booked');
      await isSaid(stage, orderId, 'payment-authorization-expired');
      await reaches(stage, orderId, 'cancelled');
      expect('for that reason', standing(orderId)?.reason === 'authorization-expired');
      expect('no parcel has left', timesSaid(stage, orderId, 'shipment-dispatched') === 0);
      expect('no money was taken', world.provider.ledgerOf(orderId).charge?.capturedMinor === 0);

      arm('authorisation short', /authorize:/);
      const release = world.log.withhold('orders', topicOf('payments'));
      const unheard = await place();
      await isSaid(stage, unheard, 'payment-authorization-expired');
      await until('the carrier comes while orders has not heard of it', () => told(isRefusal) > 0);
      expect(
        'shipping does not hand over what nobody would pay for',
        timesSaid(stage, unheard, 'shipment-dispatched') === 0,
      );
      release();
      await reaches(stage, unheard, 'cancelled');
      await rest();
    },
  },
  {
    number: 29,
    title: 'The carrier would book twice on a retry: one shipment by client reference',
    stage: { carrierMs: { handOverMs: 10_000, deliverMs: 500 } },
    script: async (stage) => {
      const { place, arm, isStruck, until, count, expect, rest, world } = stage;
      const silent = await place({ country: 'YY' });
      await reaches(stage, silent, 'delivered');
      arm('answer lost', /book:/);
      const cut = await place();
      await until('a booking is made and its answer is lost', isStruck);
      await until('the carrier has booked', () => world.carrier.ledgerOf(cut).bookings.length === 1);
      world.kill('shipping-1', 300);
      await reaches(stage, cut, 'delivered');
      expect('both were asked about before they were tried again', count('query book: done') >= 2);
      expect(
        'there is one booking each',
        [silent, cut].every((orderId) => world.carrier.ledgerOf(orderId).bookings.length === 1),
      );
      arm('answer lost', /book:/);
      const cancelled = await place();
      await until('a booking is made and nobody knows of it', isStruck);
      await until('the carrier has booked it', () => world.carrier.ledgerOf(cancelled).bookings.length === 1);
      await stage.cancel(cancelled);
      await reaches(stage, cancelled, 'cancelled');
      await rest();
      const [booking] = world.carrier.ledgerOf(cancelled).bookings;
      expect(
        'what was booked for an order that was cancelled meanwhile is cancelled too',
        booking?.status === 'cancelled',
      );
    },
  },
];
