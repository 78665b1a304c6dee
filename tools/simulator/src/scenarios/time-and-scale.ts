import { topicOf } from '@murmuration/contracts';
import { deadlineKey, orderStream } from '@murmuration/domain-orders';
import { derivedId } from '@murmuration/event-store';
import { epochMs, plusMs } from '@murmuration/kernel';
import type { Code } from '../world/code';
import { command, isSaid, levelOf, nodesOf, parkedAnywhere, parkedAt, reaches, timesSaid, wordOf } from './props';
import type { Scenario } from './scenario';

const MINUTE_MS = 60_000;
const YEAR_MS = 365 * 24 * 60 * MINUTE_MS;
const WAITING = 20_000;
const DUE = 5;

/** A well-meant step that orders anew whatever was given back: a cycle of events that nobody has drawn. */
const orderingAnew: Code = (binding) =>
  binding.service !== 'orders'
    ? binding
    : {
        ...binding,
        reader: (now) => {
          const read = binding.reader(now);
          return (record) => {
            const made = read(record);
            if (made.kind !== 'heard' || wordOf(made.heard.name) !== 'stock-released') return made;
            const again = command({
              ...{ type: 'PlaceOrder', orderId: derivedId('anew', made.heard.id), customerId: 'c-1', currency: 'EUR' },
              ...{
                paymentToken: 'tok_ok',
                deadlineMs: 15 * MINUTE_MS,
                now: now(),
                lines: [{ sku: 'KETTLE', quantity: 1, unitPriceMinor: 100 }],
              },
              shipTo: { name: 'Ada Byron', street: 'Lindengasse 7', city: 'Wien', postalCode: '1070', country: 'ZZ' },
            });
            return { ...made, reaction: { ...made.reaction, commands: [...made.reaction.commands, again] } };
          };
        },
      };

/** Clocks that are wrong, and more than a little of everything. */
export const TIME_AND_SCALE: readonly Scenario[] = [
  {
    number: 49,
    title:
      'Clocks five minutes apart: leases and deadlines follow the clock of the database, and order never follows wall time',
    stage: { replicas: { orders: 2, inventory: 2, payments: 2, shipping: 2 } },
    script: async (stage) => {
      const { place, pass, events, count, said, expect, rest, world } = stage;
      for (const [nth, node] of nodesOf(stage).entries())
        world.jumpClock(node, nth % 2 === 0 ? 5 * MINUTE_MS : -5 * MINUTE_MS);
      await pass(10_000);
      const leaders = count('relay took the lead');
      const orderIds = [await place({ deadlineMs: 20_000 }), await place({ deadlineMs: 20_000, token: 'tok_flaky' })];
      for (const orderId of orderIds) await reaches(stage, orderId, 'delivered');
      expect('no deadline came early', count(/^deadline fired/) === 0);
      const release = world.log.withhold('inventory', topicOf('orders'));
      const late = await place({ deadlineMs: 10_000 });
      const placedAt = said(late)[0]?.time;
      await isSaid(stage, late, 'order-cancellation-requested');
      const requested = (await events('orders', orderStream(late))).find(
        ({ type }) => type === 'OrderCancellationRequested',
      );
      const lateMs =
        epochMs(requested?.recordedAt ?? ('2026-03-01T09:00:00.000Z' as never)) -
        epochMs(placedAt ?? ('2026-03-01T09:00:00.000Z' as never));
      expect('one that is due comes in time', lateMs >= 10_000 && lateMs < 13_000);
      release();
      await reaches(stage, late, 'cancelled');
      expect('no lease changed hands', count('relay took the lead') === leaders);
      await rest();
    },
  },
  {
    number: 50,
    title: 'A clock jumps back: no deadline fires twice',
    script: async (stage) => {
      const { place, pass, count, expect, rest, world } = stage;
      const release = ['inventory', 'shipping'].map((hearer) => world.log.withhold(hearer, topicOf('orders')));
      const orderId = await place({ deadlineMs: 10_000 });
      await isSaid(stage, orderId, 'order-cancellation-requested');
      await pass(2_500);
      for (const node of nodesOf(stage)) world.jumpClock(node, -5 * MINUTE_MS);
      world.serviceOf('orders').database.jumpClock(-3 * MINUTE_MS);
      await pass(2_500);
      for (const letThrough of release) letThrough();
      await reaches(stage, orderId, 'cancelled');
      await pass(4 * MINUTE_MS);
      expect('it has fired once', count('deadline fired: order-deadline') === 1);
      expect('and was not even tried again', count('stale answer or deadline: order-deadline') === 0);
      expect('nobody was called too early', timesSaid(stage, orderId, 'order-needs-attention') === 0);
      expect('nothing failed', count('agenda failed and went on') === 0);
      expect('the cancellation was asked for once', timesSaid(stage, orderId, 'order-cancellation-requested') === 1);
      const next = await place();
      await reaches(stage, next, 'delivered', 5 * MINUTE_MS);
      await rest();
    },
  },
  {
    number: 51,
    title: 'One hot SKU: bounded latency there, the others unaffected, and no update is lost',
    stage: { replicas: { inventory: 2, orders: 2 }, partitions: 4, stock: { HOT: 50 } },
    script: async (stage) => {
      const { place, nowMs, until, standing, expect, rest } = stage;
      const placing = Array.from({ length: 80 }, (_, nth) =>
        place({ lines: [{ sku: nth % 8 === 7 ? 'KETTLE' : 'HOT', quantity: 1 }] }),
      );
      const orderIds = await Promise.all(placing);
      const startedMs = nowMs();
      const cold = orderIds.filter((_, nth) => nth % 8 === 7);
      const isSettled = (orderId: string): boolean =>
        ['delivered', 'rejected'].includes(standing(orderId)?.status ?? '');
      await until('orders of another SKU are delivered', () => cold.every(isSettled), 5_000);
      await until('all orders have ended', () => orderIds.every(isSettled), 10_000);
      expect('within seconds', nowMs() - startedMs < 10_000);
      const { available, committed, held } = await levelOf(stage, 'HOT');
      expect('the fifty units went to fifty orders', committed === 50 && available === 0 && held === 0);
      const rejected = orderIds.filter((orderId) => standing(orderId)?.status === 'rejected').length;
      expect('the other twenty were told so', rejected === 20);
      await rest();
    },
  },
  {
    number: 52,
    title: 'Very many sagas waiting: those that are due are found, and no others are touched',
    script: async (stage) => {
      const { place, pass, now, count, expect, world } = stage;
      const orderId = await place();
      await reaches(stage, orderId, 'delivered');
      await world.stop('orders-1');
      const { agendaStore, store } = world.serviceOf('orders').database.tables;
      const cause = { eventId: orderId, correlationId: orderId, hop: 0 };
      const rows = Array.from({ length: WAITING }, (_, nth) => {
        const dueAt = plusMs(now(), nth < DUE ? 10_000 + nth : YEAR_MS + nth);
        return { key: deadlineKey(derivedId('waiting', String(nth))), dueAt, ripeAt: dueAt, cause };
      });
      const place0 = { logPartition: 0, epoch: 1, position: await store.lastPosition(0), pausedMs: 0 };
      const applied = await agendaStore.apply({
        ...place0,
        effects: [],
        closedEffects: [],
        deadlines: rows,
        clearedDeadlines: [],
      });
      expect(
        'they wait in the table',
        applied.outcome === 'applied' && (await agendaStore.counts()).deadlines === WAITING,
      );
      world.start('orders-1');
      await pass(9_000);
      expect('nothing fires before it is due', count('stale answer or deadline: order-deadline') === 0);
      await pass(5_000);
      expect('those that are due fire within a look or two', count('stale answer or deadline: order-deadline') === DUE);
      await pass(5_000);
      expect('and leave the table; the others stay', (await agendaStore.counts()).deadlines === WAITING - DUE);
      const next = await place();
      await reaches(stage, next, 'delivered');
    },
  },
  {
    number: 53,
    title: 'A cycle of events is parked at the hop limit',
    script: async (stage) => {
      const { place, pass, until, count, standing, expect, rest, world } = stage;
      world.deploy(orderingAnew);
      await world.stop('orders-1');
      world.start('orders-1');
      const orderId = await place({ country: 'ZZ' });
      await reaches(stage, orderId, 'cancelled');
      await until('the cycle comes to its end', () => count('record parked: undecodable') > 0);
      await pass(10_000);
      const parked = await parkedAnywhere(stage);
      expect(
        'what went round is parked, and says so',
        parked.length > 0 && parked.some(({ reason }) => reason.includes('a cycle of events')),
      );
      const laps = count('settled authorize: done');
      expect('it has gone round some times and then no more', laps > 3 && laps < 64);
      await pass(30_000);
      expect('nothing goes round any more', count('settled authorize: done') === laps);
      expect('the first order has ended as it should', standing(orderId)?.status === 'cancelled');
      world.deploy((binding) => binding);
      await world.stop('orders-1');
      world.start('orders-1');
      for (const service of ['orders', 'projections']) {
        const { inbox } = world.serviceOf(service).database.tables;
        for (const { id, value, headers } of await parkedAt(stage, service)) {
          await inbox.edit(id, { value, headers: { ...headers, hop: '1' } }, 'operator-7');
          await inbox.wish(id, 'redrive', 'operator-7');
        }
      }
      await until(
        'without the step that made it go round, an operator can let the last of it through',
        async () => (await parkedAnywhere(stage)).length === 0,
      );
      await rest();
    },
  },
  {
    number: 55,
    title: 'A service is not deployed: the end-to-end deadline names the silent step',
    stage: { replicas: { payments: 0 } },
    script: async (stage) => {
      const { place, standing, expect, rest, world } = stage;
      const orderId = await place({ deadlineMs: 5_000 });
      await isSaid(stage, orderId, 'order-cancellation-requested');
      await reaches(stage, orderId, 'needs-attention');
      expect('the reason names who is silent', standing(orderId)?.reason?.includes('payments (undo-payment)') === true);
      world.start('payments-1');
      await reaches(stage, orderId, 'cancelled');
      expect('once it is there, everything is undone, and nobody was charged', world.provider.ledgers.size === 0);
      await rest();
    },
  },
];
