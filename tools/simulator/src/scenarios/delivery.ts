import { topicOf } from '@murmuration/contracts';
import type { NewRecord } from '../world/log';
import {
  about,
  footprint,
  followersOf,
  hearersOf,
  isSaid,
  isSame,
  nodesOf,
  otherRelay,
  reaches,
  recordsOf,
  timesSaid,
  wordOf,
} from './props';
import type { Scenario } from './scenario';

const TOPICS = ['orders', 'inventory', 'payments', 'shipping'] as const;
const DAY_MS = 24 * 60 * 60_000;
const DUPLICATE = 'duplicate dropped by watermark';

/** How records come: twice, late, in another order, or not at all. */
export const DELIVERY: readonly Scenario[] = [
  {
    number: 1,
    title: 'The same event twice: the second is a no-op by its watermark, without effect or outgoing event',
    script: async (stage) => {
      const { place, pass, count, expect, rest, world } = stage;
      const orderId = await place();
      await reaches(stage, orderId, 'delivered');
      await pass(1_000);
      const [before, dropped] = [await footprint(stage), count(DUPLICATE)];
      const sent = world.log.repeat(topicOf('inventory'), about('stock-reserved', orderId));
      await pass(1_000);
      expect('stock-reserved was sent a second time', sent === 1);
      expect(
        'everybody who follows inventory dropped it by the watermark',
        count(DUPLICATE) === dropped + followersOf(stage, 'inventory'),
      );
      expect('nothing was stored, sent or called because of it', isSame(before, await footprint(stage)));
      await rest();
    },
  },
  {
    number: 2,
    title: 'The same event thirty days later is still a no-op',
    script: async (stage) => {
      const { place, pass, count, expect, rest, world } = stage;
      const orderId = await place({ token: 'tok_capture_only' });
      await reaches(stage, orderId, 'delivered');
      await pass(5_000);
      for (const node of nodesOf(stage)) world.kill(node, 30 * DAY_MS);
      await pass(30 * DAY_MS + 30_000);
      const [before, dropped] = [await footprint(stage), count(DUPLICATE)];
      const sent = TOPICS.map((service) => world.log.repeat(topicOf(service), ({ key }) => key === orderId));
      await pass(5_000);
      expect('everything that was said of the order was sent again', Math.min(...sent) > 0);
      expect(
        'all of it was dropped by watermarks',
        count(DUPLICATE) - dropped >= sent.reduce((sum, each) => sum + each),
      );
      expect('nothing was stored, sent or called because of it', isSame(before, await footprint(stage)));
      await rest();
    },
  },
  {
    number: 3,
    title:
      'Two message ids for one fact are one fact to who decides; the archive keeps both, and the audit tells where they differ',
    script: async (stage) => {
      const { place, pass, count, expect, said } = stage;
      const orderId = await place();
      await reaches(stage, orderId, 'delivered');
      await pass(1_000);
      const before = await footprint(stage);
      const applied = count('record applied');
      const isOf = (word: string) => said(orderId).filter(({ name }) => wordOf(name) === word);
      for (const authorized of isOf('payment-authorized'))
        otherRelay(stage, 'payments').say(authorized, { with: { amountMinor: 1 } });
      for (const reserved of isOf('stock-reserved')) otherRelay(stage, 'inventory').say(reserved);
      await pass(1_000);
      expect(
        'both facts were heard again under new ids, by all of their hearers',
        count('record applied') ===
          applied + hearersOf(stage, 'payment-authorized') + hearersOf(stage, 'stock-reserved'),
      );
      expect(
        'nobody who decides stored, sent or called anything because of them',
        isSame(before, await footprint(stage)),
      );
      const alerts = (await stage.judge()).map(({ finding }) => finding);
      expect(
        'the audit of the archive sees both',
        alerts.some((alert) => alert.includes('authorised 2 times')),
      );
      expect(
        'and that their amounts differ',
        alerts.some((alert) => alert.includes('authorised 2501 EUR for an order of 2500 EUR')),
      );
    },
  },
  {
    number: 4,
    title: 'Events of one saga from two services arrive reversed: it waits, and goes on when both are there',
    script: async (stage) => {
      const { place, read, pass, until, expect, rest, world } = stage;
      const release = ['payments', 'shipping'].map((hearer) => world.log.withhold(hearer, topicOf('orders')));
      const orderId = await place();
      const statusAt = async (service: string, stream: string) =>
        ((await read(service, `${stream}-${orderId}`)) as { readonly status: string }).status;
      await until(
        'payments knows of the reservation before it knows of the order',
        async () => (await statusAt('payments', 'payment')) === 'reservation-noted',
      );
      await pass(5_000);
      expect('nobody was charged meanwhile', world.provider.ledgers.size === 0);
      release[0]?.();
      await until(
        'shipping knows of the authorisation before it knows of the order',
        async () => (await statusAt('shipping', 'shipment')) === 'authorization-noted',
      );
      await pass(5_000);
      expect('nothing was booked meanwhile', world.carrier.ledgers.size === 0);
      release[1]?.();
      await reaches(stage, orderId, 'delivered');
      await rest();
    },
  },
  {
    number: 5,
    title:
      'A gap in one source: its topic-partition waits, the others flow, somebody is told, and the missing record mends it',
    stage: { partitions: 4 },
    script: async (stage) => {
      const { place, pass, until, count, standing, expect, rest, world } = stage;
      const lost: NewRecord[] = [];
      const mend = world.log.tamper((record) => {
        if (lost.length > 0 || !about('stock-reserved')(record)) return [record];
        lost.push(record);
        return [];
      });
      const orderIds: string[] = [];
      for (let nth = 0; nth < 12; nth++) orderIds.push(await place());
      await until('a record of inventory is lost and the next one shows it', () => count('gap opened') > 0);
      mend();
      await pass(20_000);
      const waiting = orderIds.filter((orderId) => standing(orderId)?.status === 'submitted');
      const partition = lost[0]?.partition;
      const behind = orderIds.filter((orderId) => recordsOf(stage, 'inventory', orderId)[0]?.partition === partition);
      const first = lost[0]?.key ?? '';
      expect('the order whose reservation is lost waits', waiting.includes(first));
      expect('others behind it on its topic-partition wait too', waiting.length > 1 && behind.length > 0);
      expect(
        'those before it and on other partitions are delivered',
        orderIds.filter((orderId) => standing(orderId)?.status === 'delivered').length ===
          orderIds.length - waiting.length,
      );
      expect('nobody was alarmed by a short gap', count('gap alert') === 0);
      await until('the gap is told of once it has lasted', () => count('gap alert') > 0);
      world.log.store(lost);
      await until('it closes with the missing record', () => count('gap closed') === count('gap opened'));
      for (const orderId of orderIds) await reaches(stage, orderId, 'delivered');
      await rest();
    },
  },
  {
    number: 6,
    title: 'All topics replayed from offset 0 with live handlers: no new effect, and nobody outside is called',
    script: async (stage) => {
      const { place, cancel, pass, count, arm, expect, rest, world } = stage;
      const orderIds = [await place(), await place({ token: 'tok_declined' }), await place({ country: 'ZZ' })];
      await cancel(orderIds[0]!);
      await pass(20_000);
      const before = await footprint(stage);
      const dropped = count(DUPLICATE);
      arm('offsets lost', /./, 10);
      for (const node of nodesOf(stage)) world.restart(node);
      await pass(20_000);
      for (const service of TOPICS) world.log.replay(topicOf(service));
      await pass(20_000);
      expect('everything was heard at least once more', count(DUPLICATE) - dropped > 40);
      expect('nothing was stored, sent or called because of it', isSame(before, await footprint(stage)));
      await rest();
    },
  },
  {
    number: 8,
    title: 'A consumer group loses its offsets: it begins anew, and the database knows what it has heard',
    script: async (stage) => {
      const { place, pass, arm, count, expect, rest, world } = stage;
      const first = await place();
      await isSaid(stage, first, 'payment-authorized');
      await pass(200);
      const dropped = count(DUPLICATE);
      arm('offsets lost', /^payments-1/, 4);
      world.restart('payments-1');
      const second = await place();
      await reaches(stage, first, 'delivered');
      await reaches(stage, second, 'delivered');
      expect('what it had heard was dropped', count(DUPLICATE) > dropped);
      expect(
        'each order was charged once',
        [first, second].every(
          (orderId) =>
            timesSaid(stage, orderId, 'payment-captured') === 1 &&
            world.provider.ledgerOf(orderId).entries[`authorize:${orderId}`]?.calls === 1,
        ),
      );
      await rest();
    },
  },
];
