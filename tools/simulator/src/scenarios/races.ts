import { topicOf } from '@murmuration/contracts';
import { orderStream } from '@murmuration/domain-orders';
import { paymentStream } from '@murmuration/domain-payments';
import type { Executed } from '@murmuration/event-store';
import { command, isSaid, levelOf, reaches, timesSaid, wordOf } from './props';
import type { Scenario } from './scenario';

const FINAL = ['delivered', 'cancelled', 'rejected'];

const rejectionOf = (answer: Executed): string =>
  answer.outcome === 'rejected' ? answer.rejection.type : answer.outcome;

/** Two wishes that cannot both come true. */
export const RACES: readonly Scenario[] = [
  {
    number: 16,
    title: 'Cancel while the payment is pending: cancelled, and voided',
    script: async (stage) => {
      const { place, cancel, until, read, count, standing, expect, rest, world } = stage;
      const orderId = await place({ token: 'tok_flaky' });
      await until('the provider asks payments to try again', () => count('waits to perform authorize again') > 0);
      const { status } = (await read('payments', paymentStream(orderId))) as { readonly status: string };
      expect('the payment is pending', status === 'authorizing');
      const answer = await cancel(orderId);
      expect('the cancellation is accepted', answer.outcome === 'accepted');
      await reaches(stage, orderId, 'cancelled');
      expect('for the reason given', standing(orderId)?.reason === 'customer-requested');
      expect('what was authorised after all is voided', world.provider.ledgerOf(orderId).charge?.status === 'voided');
      await rest();
    },
  },
  {
    number: 17,
    title: 'Cancel against dispatch: the append of shipping picks one, and the loser is refused explicitly',
    stage: { carrierMs: { handOverMs: 60, deliverMs: 500 } },
    script: async (stage) => {
      const { place, cancel, pass, until, standing, expect, rest, world } = stage;
      const winners = new Set<string>();
      for (let nth = 0; nth < 16; nth++) {
        const orderId = await place();
        await isSaid(stage, orderId, 'shipment-booked');
        await pass(nth * 6);
        await cancel(orderId);
        await until('the order has ended', () => FINAL.includes(standing(orderId)?.status ?? ''));
        const isDispatched = timesSaid(stage, orderId, 'shipment-dispatched') === 1;
        const wasRequested = timesSaid(stage, orderId, 'order-cancellation-requested') === 1;
        const isRefused = timesSaid(stage, orderId, 'shipment-cancel-refused') === 1;
        const winner = isDispatched ? 'the dispatch' : 'the cancellation';
        winners.add(wasRequested ? winner : 'the dispatch, long before');
        expect('a request that lost was refused in words', isRefused === (isDispatched && wasRequested));
        expect(
          'the order ended as the winner says',
          standing(orderId)?.status === (isDispatched ? 'delivered' : 'cancelled'),
        );
        const [booking] = world.carrier.ledgerOf(orderId).bookings;
        expect(
          'and so did the parcel',
          booking?.status === (isDispatched ? 'delivered' : booking?.status === 'kept' ? 'kept' : 'cancelled'),
        );
      }
      expect('each of them has won a race', winners.has('the dispatch') && winners.has('the cancellation'));
      await rest();
    },
  },
  {
    number: 18,
    title: 'Cancel twice is once; after completion it is refused with a reason',
    script: async (stage) => {
      const { place, cancel, ask, now, expect, rest } = stage;
      const orderId = await place();
      const request = command({ type: 'RequestCancellation', orderId, reason: 'customer-requested', now: now() });
      const [first, again] = [await ask('orders', 'press', request), await ask('orders', 'press', request)];
      expect(
        'the same request again finds the first one',
        first.outcome === 'accepted' && again.outcome === 'repeated',
      );
      const second = await cancel(orderId);
      expect('another request brings nothing', second.outcome === 'accepted' && second.events.length === 0);
      await reaches(stage, orderId, 'cancelled');
      expect('it was asked for once', timesSaid(stage, orderId, 'order-cancellation-requested') === 1);
      expect('what is cancelled is not cancelled again', rejectionOf(await cancel(orderId)) === 'OrderAlreadyClosed');
      const shipped = await place();
      await reaches(stage, shipped, 'completed');
      expect('what has left is not cancelled', rejectionOf(await cancel(shipped)) === 'OrderAlreadyShipped');
      await reaches(stage, shipped, 'delivered');
      expect('nor what has arrived', rejectionOf(await cancel(shipped)) === 'OrderAlreadyShipped');
      await rest();
    },
  },
  {
    number: 19,
    title:
      'A deadline at the instant of success: one wins by the expected version, and the other is a no-op that is noted',
    stage: { carrierMs: { handOverMs: 100, deliverMs: 60_000 } },
    script: async (stage) => {
      const { place, arm, isStruck, until, count, events, standing, expect, rest, world } = stage;
      const release = world.log.withhold('orders', topicOf('payments'));
      const orderId = await place({ deadlineMs: 8_000 });
      await isSaid(stage, orderId, 'payment-captured');
      await until('all but the capture is known', () => standing(orderId)?.status === 'shipped');
      const before = (await events('orders', orderStream(orderId))).length;
      arm('slow request', /^orders-1\/\d+ append/);
      await until('the deadline is decided on, and on its way to the database', isStruck);
      release();
      await reaches(stage, orderId, 'completed', 100);
      const stored = (await events('orders', orderStream(orderId))).slice(before).map(({ type }) => type);
      expect('the success came first', stored.at(-1) === 'OrderCompleted');
      await until(
        'the deadline looks again, and is noted as come too late',
        () => count('stale answer or deadline: order-deadline') === 1,
      );
      expect(
        'it brought nothing',
        timesSaid(stage, orderId, 'order-needs-attention') === 0 && standing(orderId)?.status === 'completed',
      );

      const early = world.log.withhold('shipping', topicOf('payments'));
      const lost = await place({ deadlineMs: 1_000 });
      await isSaid(stage, lost, 'payment-authorized');
      await isSaid(stage, lost, 'order-cancellation-requested');
      early();
      await reaches(stage, lost, 'cancelled');
      await until(
        'where the deadline was first, the success is refused as stale',
        () => count(/ShipmentClosed$/) === 1,
      );
      await rest();
    },
  },
  {
    number: 20,
    title: 'Two orders, one last unit: exactly one holds it, and nobody waits for the other for ever',
    stage: {
      replicas: { inventory: 2, orders: 2 },
      partitions: 4,
      stock: Object.fromEntries(Array.from({ length: 10 }, (_, nth) => [`LAST-${nth}`, 1])),
    },
    script: async (stage) => {
      const { place, until, standing, count, expect, rest, nowMs } = stage;
      const startedMs = nowMs();
      for (let nth = 0; nth < 10; nth += 2) {
        const lines = [
          { sku: `LAST-${nth}`, quantity: 1 },
          { sku: `LAST-${nth + 1}`, quantity: 1 },
        ];
        const rivals = await Promise.all([place({ lines }), place({ lines: [...lines].reverse() })]);
        await until('both orders have ended', () =>
          rivals.every((orderId) => FINAL.includes(standing(orderId)?.status ?? '')),
        );
        const statuses = rivals.map((orderId) => standing(orderId)?.status).sort();
        expect('one is delivered, the other is rejected', statuses.join() === 'delivered,rejected');
        for (const { sku } of lines) expect(`${sku} went to one of them`, (await levelOf(stage, sku)).committed === 1);
      }
      expect('they came at one time to two replicas', count('batch decided anew after a conflict') > 0);
      expect('nobody waited long', nowMs() - startedMs < 30_000);
      await rest();
    },
  },
  {
    number: 21,
    title: 'One request sent twice with one key: one order and one answer; what comes meanwhile is told to come back',
    stage: { replicas: { orders: 2 } },
    script: async (stage) => {
      const { place, events, expect, rest, until, standing } = stage;
      const orderId = '21000000-0000-4000-8000-000000000021';
      await Promise.all([place({ orderId }), place({ orderId }), place({ orderId })]);
      await place({ orderId });
      const stored = await events('orders', orderStream(orderId));
      expect('there is one order', stored.filter(({ type }) => type === 'OrderSubmitted').length === 1);
      await until('it is delivered', () => standing(orderId)?.status === 'delivered');
      await place({ orderId });
      expect('a repeat finds it also now', timesSaid(stage, orderId, 'order-submitted') === 1);
      await rest();
    },
  },
  {
    number: 22,
    title: 'A request times out and the client tries another replica: still one order',
    stage: { replicas: { orders: 2 } },
    script: async (stage) => {
      const { place, ask, arm, events, nowMs, now, expect, rest, world } = stage;
      arm('commit outcome unknown', /^orders-\d\/\d+ append/);
      const unsure = await place();
      const stored = await events('orders', orderStream(unsure));
      expect(
        'what was stored before the answer got lost is found',
        stored.filter(({ type }) => type === 'OrderSubmitted').length === 1,
      );
      const startedMs = nowMs();
      world.freeze('orders-1', 10_000);
      const orderIds: string[] = [];
      for (let nth = 0; nth < 4; nth++) orderIds.push(await place());
      expect('a request has timed out', nowMs() - startedMs >= 4_000);
      await stage.pass(12_000);
      for (const orderId of [unsure, ...orderIds]) {
        await reaches(stage, orderId, 'delivered');
        expect(
          'there is one of each order, though the frozen replica went on',
          timesSaid(stage, orderId, 'order-submitted') === 1,
        );
      }
      const again = await ask(
        'orders',
        `place ${unsure}`,
        command({ type: 'RequestCancellation', orderId: unsure, reason: 'customer-requested', now: now() }),
      );
      expect('the key is taken for ever, whatever comes with it', again.outcome === 'repeated');
      await rest();
    },
  },
  {
    number: 23,
    title: 'The amount authorised is the total that was submitted; lines do not change after that',
    script: async (stage) => {
      const { place, ask, now, said, expect, rest, world } = stage;
      const release = world.log.withhold('inventory', topicOf('orders'));
      const orderId = await place({ lines: [{ sku: 'KETTLE', quantity: 3, unitPriceMinor: 777 }] });
      const changes = [
        { type: 'AddOrderLine', sku: 'TEA', quantity: 1, unitPriceMinor: 100 },
        { type: 'ChangeLineQuantity', sku: 'KETTLE', quantity: 1 },
        { type: 'RemoveOrderLine', sku: 'KETTLE' },
      ];
      for (const change of changes) {
        const answer = await ask('orders', change.type, command({ orderId, now: now(), ...change }));
        expect(`${change.type} is refused`, rejectionOf(answer) === 'OrderAlreadySubmitted');
      }
      release();
      await reaches(stage, orderId, 'delivered');
      const { charge } = world.provider.ledgerOf(orderId);
      const submitted = said(orderId).find(({ name }) => wordOf(name) === 'order-submitted');
      const total = (submitted?.data as { readonly totalMinor?: number } | undefined)?.totalMinor;
      expect('the total is 3 times 777', total === 2_331);
      expect('it was authorised and captured', charge?.amountMinor === total && charge?.capturedMinor === total);
      await rest();
    },
  },
];
