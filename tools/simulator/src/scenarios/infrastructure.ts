import { topicOf } from '@murmuration/contracts';
import { decodeLink } from '@murmuration/messaging';
import {
  command,
  isSaid,
  isSent,
  levelOf,
  nodesOf,
  parkedAnywhere,
  parkedAt,
  reaches,
  recordsOf,
  timesSaid,
} from './props';
import type { Scenario } from './scenario';
import type { Stage } from './stage';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SESSION_MS = 6_000;

const isDelivered = ({ standing }: Stage, orderId: string): boolean => standing(orderId)?.status === 'delivered';

const positionOf = ({ world }: Stage, service: string): Promise<number> =>
  world.serviceOf(service).database.tables.store.lastPosition(0);

/** How often each kind of event about an order is stored at a service. */
const timesStored = async ({ world }: Stage, service: string, orderId: string): Promise<Map<string, number>> => {
  const times = new Map<string, number>();
  const { store } = world.serviceOf(service).database.tables;
  for (const { type, data } of await store.readLog(0, 0, 100_000))
    if (data.includes(orderId)) times.set(type, (times.get(type) ?? 0) + 1);
  return times;
};

/** The servers under the flock, and its processes. */
export const INFRASTRUCTURE: readonly Scenario[] = [
  {
    number: 30,
    title:
      'Kafka is down for an hour: commands are accepted, no deadline fires because of it, and the backlog drains in order',
    script: async (stage) => {
      const { place, cancel, pass, nowMs, count, standing, expect, rest, world } = stage;
      const before = await place();
      await isSaid(stage, before, 'payment-authorized');
      world.log.outage.begin(HOUR_MS);
      const askedMs = nowMs();
      const during = [await place(), await place(), await place()];
      const answer = await cancel(during[2]!);
      expect('commands are accepted at once', answer.outcome === 'accepted' && nowMs() - askedMs < 1_000);
      await pass(10 * MINUTE_MS);
      world.kill('orders-1', 1_000);
      await pass(world.log.outage.leftMs() - 1_000);
      expect('no deadline has fired in an hour, though each gave fifteen minutes', count(/^deadline fired/) === 0);
      expect('the relay has tried again and again', count('relay failed to publish') > 10);
      expect(
        'nothing was given up',
        [before, ...during].every((orderId) => standing(orderId)?.status !== 'needs-attention'),
      );
      for (const orderId of [before, during[0]!, during[1]!]) await reaches(stage, orderId, 'delivered');
      await reaches(stage, during[2]!, 'cancelled');
      expect('still no deadline has fired', count(/^deadline fired/) === 0);
      const positions = recordsOf(stage, 'orders', during[2]!).map(({ headers }) => decodeLink(headers)?.position ?? 0);
      expect(
        'what was said of an order stands in its order',
        positions.length >= 3 && positions.every((position, at) => at === 0 || position > positions[at - 1]!),
      );
      await rest();
    },
  },
  {
    number: 31,
    title: "One service's PostgreSQL is down: it pauses, parks nothing and commits nothing, and the others go on",
    script: async (stage) => {
      const { place, pass, count, events, expect, rest, world } = stage;
      const shipped = await place();
      await isSaid(stage, shipped, 'payment-captured');
      world.serviceOf('payments').database.outage.begin(MINUTE_MS);
      const at = await positionOf(stage, 'payments');
      const waiting = await place();
      await isSaid(stage, waiting, 'stock-reserved');
      await reaches(stage, shipped, 'delivered');
      const early = await place();
      await stage.cancel(early);
      await isSaid(stage, early, 'shipment-cancelled');
      await pass(20_000);
      expect(
        'others have reserved, delivered and undone meanwhile',
        (await events('inventory', `reservation-${waiting}`)).length > 0,
      );
      expect(
        'payments has tried',
        count('consumer waited for its database') + count('consumer paused by its breaker') > 0,
      );
      expect('and has committed nothing', (await positionOf(stage, 'payments')) === at);
      await pass(world.serviceOf('payments').database.outage.leftMs());
      await reaches(stage, waiting, 'delivered');
      await reaches(stage, early, 'cancelled');
      expect(
        'it has parked nothing',
        (await parkedAt(stage, 'payments')).length === 0 && count(/^record parked/) === 0,
      );
      await rest();
    },
  },
  {
    number: 32,
    title: 'The connection is cut at COMMIT: what was stored is found by its ids, and nothing is stored twice',
    script: async (stage) => {
      const { place, arm, isStruck, expect, rest } = stage;
      arm('commit outcome unknown', /^orders-1\/\d+ append/);
      arm('commit outcome unknown', /^orders-1\/\d+ commit/, 2);
      arm('commit outcome unknown', /^inventory-1\/\d+ commit/, 2);
      arm('commit outcome unknown', /^payments-1\/\d+ append/, 2);
      arm('commit outcome unknown', /^payments-1\/\d+ commit/, 2);
      arm('commit outcome unknown', /^shipping-1\/\d+ (append|commit)/, 3);
      const orderId = await place();
      await reaches(stage, orderId, 'delivered');
      expect('each of them was cut off', isStruck());
      for (const service of ['orders', 'inventory', 'payments', 'shipping']) {
        const times = await timesStored(stage, service, orderId);
        times.delete('OrderFactHeard');
        expect(
          `nothing stands twice at ${service}`,
          times.size > 1 && [...times.values()].every((count) => count === 1),
        );
      }
      expect('nothing was parked', (await parkedAnywhere(stage)).length === 0);
      await rest();
    },
  },
  {
    number: 33,
    title: 'A database fails over and loses its last transactions: who has heard of them sees it and stops loudly',
    stage: { partitions: 1 },
    script: async (stage) => {
      const { place, ask, now, pass, until, count, events, standing, expect, world } = stage;
      const orderId = await place();
      await reaches(stage, orderId, 'delivered');
      await pass(1_000);
      const { database } = world.serviceOf('inventory');
      const last = await positionOf(stage, 'inventory');
      world.kill('inventory-1', 2_000);
      await database.failOver(last - 2);
      expect('the commit of the stock is forgotten', (await levelOf(stage, 'KETTLE')).committed === 0);
      const release = world.log.withhold('inventory', topicOf('shipping'));
      await pass(3_000);
      await ask(
        'inventory',
        'found in the cellar',
        command({ type: 'ReceiveStock', sku: 'KETTLE', quantity: 5, now: now() }),
      );
      release();
      await until(
        'orders and payments, which heard what is lost, see that it was rewritten',
        () => count('source rewound') >= 2,
      );
      const next = await place();
      await until(
        'inventory itself goes on',
        async () => (await events('inventory', `reservation-${next}`)).length > 0,
      );
      await pass(20_000);
      expect('they apply nothing more of it', standing(next)?.status === 'submitted');
      expect('they park nothing of it either', count(/^record parked/) === 0);
    },
  },
  {
    number: 35,
    title: 'A zombie consumer wakes after a rebalance: its transaction fails on the epoch',
    stage: { replicas: { inventory: 2 } },
    script: async (stage) => {
      const { place, pass, count, expect, rest, world } = stage;
      await pass(1_000);
      world.freeze('inventory-1', SESSION_MS + 6_000);
      const orderIds = [await place(), await place(), await place(), await place()];
      await pass(SESSION_MS + 3_000);
      expect(
        'the other replica has taken over',
        orderIds.every((orderId) => timesSaid(stage, orderId, 'stock-reserved') === 1),
      );
      expect('nobody was fenced yet', count('zombie consumer fenced') === 0);
      await pass(6_000);
      expect('the zombie was fenced when it woke', count('zombie consumer fenced') >= 1);
      for (const orderId of orderIds) await reaches(stage, orderId, 'delivered');
      expect(
        'each reservation was made once',
        orderIds.every((orderId) => timesSaid(stage, orderId, 'stock-reserved') === 1),
      );
      await rest();
    },
  },
  {
    number: 36,
    title: 'A rolling deploy every thirty seconds: there is progress, and no effect is there twice',
    stage: { replicas: { orders: 2, payments: 2, inventory: 2, shipping: 2 } },
    script: async (stage) => {
      const { place, pass, expect, rest, world } = stage;
      const orderIds: string[] = [];
      for (let round = 0; round < 4; round++) {
        for (const node of nodesOf(stage)) {
          world.restart(node);
          await pass(1_500);
          orderIds.push(await place(round % 2 === 0 ? {} : { token: 'tok_flaky' }));
          await pass(1_500);
        }
        const done = orderIds.filter((orderId) => isDelivered(stage, orderId)).length;
        expect(`by the end of round ${round + 1} orders were delivered`, done >= (orderIds.length * 2) / 3);
      }
      for (const orderId of orderIds) {
        await reaches(stage, orderId, 'delivered');
        const { charge, entries } = world.provider.ledgerOf(orderId);
        expect(
          'charged once, one parcel',
          charge?.capturedMinor === 2_500 &&
            Object.keys(entries).length === 2 &&
            world.carrier.ledgerOf(orderId).bookings.length === 1,
        );
      }
      await rest();
    },
  },
  {
    number: 37,
    title: 'SIGTERM in a handler: it finishes or rolls back within its grace, and leaves the group at once',
    stage: { replicas: { inventory: 2 }, partitions: 1 },
    script: async (stage) => {
      const { place, pass, arm, until, isStruck, nowMs, expect, rest, world } = stage;
      await pass(1_000);
      arm('slow answer', /^inventory-1\/\d+ commit/);
      const orderId = await place();
      await until('a handler is storing what it decided', isStruck);
      const startedMs = nowMs();
      await world.stop('inventory-1');
      expect('it ended within its grace', nowMs() - startedMs < 10_000);
      expect('it is gone', world.serviceOf('inventory').nodes[0]?.process.isAlive() === false);
      await reaches(stage, orderId, 'delivered', SESSION_MS - 1_000);
      const next = await place();
      await reaches(stage, next, 'delivered', SESSION_MS - 1_000);
      expect(
        'the other had its work at once, and each order is held once',
        [orderId, next].every((id) => timesSaid(stage, id, 'stock-reserved') === 1),
      );
      await rest();
    },
  },
  {
    number: 38,
    title:
      'Two relays believe that they lead: the older one is fenced, and at worst it adds duplicates behind newer records',
    script: async (stage) => {
      const { place, pass, arm, until, isStruck, count, expect, rest, world } = stage;
      await place();
      const leaders = count('relay took the lead');
      world.start('orders-2');
      await pass(2_000);
      expect('the first of two replicas leads', count('relay took the lead') === leaders);
      // Two read the log of orders: the relay and the agenda.
      arm('slow answer', /^orders-1\/\d+ readLog/, 2);
      const orderId = await place();
      await until('the leader is about to be told of it', isStruck);
      world.freeze('orders-1', 12_000);
      await pass(8_000);
      expect('another relay leads', count('relay took the lead') === leaders + 1);
      const dropped = count('duplicate dropped by watermark');
      await stage.cancel(orderId);
      await isSent(stage, 'orders', orderId, 'order-submitted');
      await pass(8_000);
      const sent = recordsOf(stage, 'orders', orderId).map(({ headers }) => decodeLink(headers)?.position ?? 0);
      expect('the zombie sent what it had read', sent.length > new Set(sent).size);
      const first = sent.filter((position, at) => sent.indexOf(position) === at);
      expect(
        'nothing new ever stands behind something newer',
        first.every((position, at) => at === 0 || position > first[at - 1]!),
      );
      expect('what it sent was dropped', count('duplicate dropped by watermark') > dropped);
      expect('it gave up the lead', count('relay gave up the lead') >= 1);
      await rest();
    },
  },
];
