import { topicOf } from '@murmuration/contracts';
import { reservationStream } from '@murmuration/domain-inventory';
import { paymentStream, type Payment } from '@murmuration/domain-payments';
import {
  about,
  command,
  followersOf,
  isSaid,
  isSent,
  levelOf,
  otherRelay,
  reaches,
  timesSaid,
  words,
  wordOf,
} from './props';
import type { Scenario } from './scenario';
import type { Stage } from './stage';

const MINUTE_MS = 60_000;
const ORDER = '0a0a0a0a-0000-4000-8000-00000000000a';

const paymentOf = async ({ read }: Stage, orderId: string): Promise<Payment> =>
  (await read('payments', paymentStream(orderId))) as Payment; // because that stream is a payment's

const callsOf = ({ world }: Stage, orderId: string, key: string): number =>
  world.provider.ledgerOf(orderId).entries[`${key}:${orderId}`]?.calls ?? 0;

/** What is undone, in which order, and how often. */
export const COMPENSATION: readonly Scenario[] = [
  {
    number: 9,
    title: 'Release before reserve: a tombstone, the late reserve is refused, and stock is untouched',
    script: async (stage) => {
      const { place, cancel, pass, count, events, expect, rest, world } = stage;
      const release = world.log.withhold('inventory', topicOf('orders'));
      const orderId = await place();
      await cancel(orderId);
      await isSaid(stage, orderId, 'stock-released');
      await pass(2_000);
      const before = await levelOf(stage, 'KETTLE');
      release();
      await pass(2_000);
      expect('the late reserve was refused as stale', count('stale: reserve-stock: ReservationClosed') === 1);
      const stored = await events('inventory', reservationStream(orderId));
      expect('of the reservation there is a tombstone alone', stored.length === 1);
      expect('stock is untouched', JSON.stringify(before) === JSON.stringify(await levelOf(stage, 'KETTLE')));
      await reaches(stage, orderId, 'cancelled');
      expect('nobody was charged', world.provider.ledgers.size === 0);
      await rest();
    },
  },
  {
    number: 10,
    title:
      "Void while the authorise call is in flight: on the provider's answer it is voided at once, and never captured",
    script: async (stage) => {
      const { place, cancel, arm, until, events, expect, rest, world } = stage;
      arm('answer lost', /authorize:/);
      const orderId = await place();
      await until('the provider has charged', () => world.provider.ledgerOf(orderId).charge !== undefined);
      await cancel(orderId);
      await until('the undo comes while nobody knows of the charge', async () => {
        const payment = await paymentOf(stage, orderId);
        return payment.status === 'authorizing' && payment.undo;
      });
      await reaches(stage, orderId, 'cancelled');
      const stored = await events('payments', paymentStream(orderId));
      const authorized = stored.findIndex(({ type }) => type === 'PaymentAuthorized');
      const isAtOnce = stored[authorized + 1]?.type === 'VoidRequested';
      expect(
        'the void was asked for in the append of the authorisation',
        authorized > 0 && isAtOnce && stored[authorized]?.recordedAt === stored[authorized + 1]?.recordedAt,
      );
      expect('the provider has voided', world.provider.ledgerOf(orderId).charge?.status === 'voided');
      expect('it was never asked to capture', callsOf(stage, orderId, 'capture') === 0);
      await rest();
    },
  },
  {
    number: 11,
    title: 'A compensation handled twice: one refund id, one refund',
    script: async (stage) => {
      const { place, ask, now, said, pass, count, expect, rest, world } = stage;
      const orderId = await place({ token: 'tok_capture_only', country: 'ZZ' });
      await isSaid(stage, orderId, 'payment-captured');
      await isSaid(stage, orderId, 'shipment-refused');
      await isSent(stage, 'shipping', orderId, 'shipment-refused');
      world.log.repeat(topicOf('shipping'), about('shipment-refused', orderId));
      for (const refused of said(orderId).filter(({ name }) => wordOf(name) === 'shipment-refused'))
        otherRelay(stage, 'shipping').say(refused);
      await reaches(stage, orderId, 'cancelled');
      await pass(2_000);

      expect(
        'its repeat was dropped by everybody who follows shipping',
        count('duplicate dropped by watermark') === followersOf(stage, 'shipping'),
      );
      const { charge, entries } = world.provider.ledgerOf(orderId);
      const refunds = Object.keys(entries).filter((key) => key.startsWith('refund:'));
      expect('there is one refund', refunds.length === 1 && timesSaid(stage, orderId, 'payment-refunded') === 1);
      expect('all of the money went back, once', charge?.capturedMinor === 2_500 && charge.refundedMinor === 2_500);

      const release = world.log.withhold('inventory', topicOf('shipping'));
      const shipped = await place();
      await isSaid(stage, shipped, 'payment-captured');
      const giveBack = { type: 'RequestRefund', orderId: shipped, refundId: 'r-1', amountMinor: 1_000, now: now() };
      for (const click of ['first', 'second']) await ask('payments', click, command(giveBack));
      await isSaid(stage, shipped, 'payment-refunded');
      await pass(2_000);
      const { refundedMinor } = world.provider.ledgerOf(shipped).charge ?? {};
      expect('a return that is asked for twice is given once', refundedMinor === 1_000);
      expect('it sets no goods free that have left', (await levelOf(stage, 'KETTLE')).held === 2);
      release();
      await reaches(stage, shipped, 'delivered');
      await rest();
    },
  },
  {
    number: 12,
    title:
      'A compensation that fails for as long as anybody is patient: retried with growing pauses, in sight, then a person is called',
    stage: { limits: { budgetMs: 20 * MINUTE_MS, backoffMaxMs: 2 * MINUTE_MS } },
    script: async (stage) => {
      const { place, until, told, standing, pass, expect, count, rest, world } = stage;
      const orderId = await place({ country: 'ZZ', deadlineMs: 60 * MINUTE_MS });
      await isSaid(stage, orderId, 'payment-authorized');
      world.provider.outage.begin(60 * MINUTE_MS);
      await isSaid(stage, orderId, 'shipment-refused');
      await until('the void was tried and not answered', () => told(({ text }) => text.startsWith('void:')) === 1);
      await pass(10 * MINUTE_MS);
      const { agendaStore } = world.serviceOf('payments').database.tables;
      const [row] = await agendaStore.openEffects(0, 10);
      expect(
        'the open call is in the table, with its attempts and the reason',
        row !== undefined && row.attempts > 5 && row.lastReason?.includes('no answer') === true,
      );
      expect('the order goes on being undone', standing(orderId)?.status === 'compensating');
      const asked = count('waits to query void again');
      await pass(5 * MINUTE_MS);
      const more = count('waits to query void again') - asked;
      expect('by now it is asked for at most once in a minute or two', more >= 1 && more <= 6);
      await until(
        'payments gives up and says so',
        () => timesSaid(stage, orderId, 'payment-needs-attention') === 1,
        15 * MINUTE_MS,
      );
      await reaches(stage, orderId, 'needs-attention');
      expect('with the reason', standing(orderId)?.reason?.includes('no answer to the void') === true);
      expect(
        'it was never said that money or stock went back',
        !words(stage.said(orderId)).some((word) => word === 'payment-voided' || word === 'stock-released'),
      );
      await rest();
    },
  },
  {
    number: 13,
    title: '"Already refunded" after a lost answer: success, once it was read back',
    script: async (stage) => {
      const { place, arm, expect, count, rest, world } = stage;
      arm('answer lost', /refund:/);
      arm('webhook never', /refund:/);
      const orderId = await place({ token: 'tok_capture_only', country: 'ZZ' });
      await reaches(stage, orderId, 'cancelled');
      const { charge } = world.provider.ledgerOf(orderId);
      expect('the refund was read back', count('query refund: done') === 1);
      expect(
        'it was performed once',
        charge?.refundedMinor === charge?.capturedMinor && callsOf(stage, orderId, 'refund') <= 1,
      );
      expect('nobody had to be called', timesSaid(stage, orderId, 'payment-needs-attention') === 0);
      await rest();
    },
  },
  {
    number: 14,
    title: 'Two of three lines in stock: nothing is held, and one refusal names the lines that are short',
    stage: { stock: { TEA: 1, LAMP: 10 } },
    script: async (stage) => {
      const { place, standing, said, expect, rest, world } = stage;
      const lines = [
        { sku: 'LAMP', quantity: 2 },
        { sku: 'TEA', quantity: 3 },
        { sku: 'SAMOVAR', quantity: 1 },
      ];
      const orderId = await place({ lines: lines.slice(0, 2) });
      await reaches(stage, orderId, 'rejected');
      const refusals = said(orderId).filter(({ name }) => wordOf(name) === 'stock-refused');
      expect('there is one refusal', refusals.length === 1);
      expect(
        'it names the short line alone',
        JSON.stringify(refusals[0]?.data).includes('TEA') && !JSON.stringify(refusals[0]?.data).includes('LAMP'),
      );
      expect('the order says why', standing(orderId)?.reason === 'out-of-stock');
      const unknown = await place({ lines });
      await reaches(stage, unknown, 'rejected');
      expect('a SKU that nobody knows is told apart', standing(unknown)?.reason === 'unknown-sku');
      for (const sku of ['TEA', 'LAMP']) {
        const { held, available, received } = await levelOf(stage, sku);
        expect(`nothing of ${sku} was held`, held === 0 && available === received);
      }
      expect('nobody was charged', world.provider.ledgers.size === 0);
      await rest();
    },
  },
  {
    number: 15,
    title: 'Crash between an external effect and its commit: asked about by the same key, exactly one effect',
    script: async (stage) => {
      const { place, pass, arm, isStruck, until, count, expect, rest, world } = stage;
      arm('answer lost', /authorize:/);
      arm('webhook never', /authorize:/);
      const orderId = await place({ orderId: ORDER });
      await until('the provider has charged', () => world.provider.ledgerOf(orderId).charge !== undefined);
      expect('nobody knows', (await paymentOf(stage, orderId)).status === 'authorizing');
      world.kill('payments-1', 500);
      await reaches(stage, orderId, 'delivered');
      expect('the process that came next asked first', count('query authorize: done') === 1);
      expect('the provider was called once', callsOf(stage, orderId, 'authorize') === 1);

      arm('webhook never', /authorize:/);
      arm('database refuses', /^payments-1\/\d+ append/);
      const untold = await place();
      await reaches(stage, untold, 'delivered');
      expect('an outcome that could not be stored is said again', callsOf(stage, untold, 'authorize') === 1);

      world.start('payments-2');
      await pass(1_000);
      const frozen = await place();
      await isSaid(stage, frozen, 'stock-reserved');
      arm('slow answer', /^payments-1\/\d+ readLog/, 2);
      await until('a process is about to learn what is to be done', isStruck);
      world.freeze('payments-1', 20_000);
      await reaches(stage, frozen, 'delivered');
      await pass(20_000);
      expect('who was frozen leaves it to who took over', callsOf(stage, frozen, 'authorize') === 1);
      await rest();
    },
  },
];
