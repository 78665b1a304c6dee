import { shipmentStream } from '@murmuration/domain-shipping';
import type { NewRecord } from '../world/log';
import { befall } from '../world/world';
import { TODAY } from '../world/code';
import { FOLLOWERS, reading, restartAll } from './code';
import { about, isSent, parkedAnywhere, parkedAt, reaches, wordOf } from './props';
import type { Scenario } from './scenario';
import type { Stage } from './stage';

const OPERATOR = 'operator-7';

const redriveAll = async (stage: Stage, service: string): Promise<void> => {
  const { inbox } = stage.world.serviceOf(service).database.tables;
  for (const { id } of await parkedAt(stage, service)) await inbox.wish(id, 'redrive', OPERATOR);
};

/** What nobody can read, and what nobody can handle. */
export const INPUT: readonly Scenario[] = [
  {
    number: 41,
    title:
      'An undecodable record is parked with its bytes and the reason, others flow, and a redrive after the fix keeps the order',
    script: async (stage) => {
      const { place, cancel, pass, until, events, expect, rest, world } = stage;
      const whole: NewRecord[] = [];
      const broken = Buffer.from([0x7b, 0xff, 0x00]);
      const mend = world.log.tamper((record) => {
        if (whole.length > 0 || !about('order-submitted')(record)) return [record];
        whole.push(record);
        return [{ ...record, value: broken }];
      });
      const orderId = await place();
      await isSent(stage, 'orders', orderId, 'order-submitted');
      mend();
      await cancel(orderId);
      const other = await place();
      await reaches(stage, other, 'delivered');
      await until('the cancellation waits behind it', async () => (await parkedAt(stage, 'shipping')).length === 2);
      const [first, second] = await parkedAt(stage, 'shipping');
      expect('its bytes are kept', first?.value?.equals(broken) === true && first.kind === 'undecodable');
      expect('with the reason', first?.reason.includes('JSON') === true);
      expect('what came after it is only queued', second?.kind === 'queued');
      expect('nothing was done about either', (await events('shipping', shipmentStream(orderId))).length === 0);
      for (const service of FOLLOWERS) {
        const { inbox } = world.serviceOf(service).database.tables;
        for (const { id, kind, headers } of await parkedAt(stage, service))
          if (kind === 'undecodable') await inbox.edit(id, { value: whole[0]?.value ?? null, headers }, OPERATOR);
        await redriveAll(stage, service);
      }
      await reaches(stage, orderId, 'cancelled');
      const stored = (await events('shipping', shipmentStream(orderId))).map(({ type }) => type);
      expect(
        'the order was noted before its cancellation',
        stored.join().startsWith('OrderNoted,') && stored.includes('ShipmentCancelled'),
      );
      const trail = await world.serviceOf('shipping').database.tables.inbox.readTrail(first?.id ?? '');
      expect(
        'the trail tells who did what',
        trail.map(({ actor, action }) => `${actor} ${action}`).join() ===
          `${OPERATOR} edit,${OPERATOR} redrive,consumer redriven`,
      );
      await pass(1_000);
      expect('nothing is left parked', (await parkedAnywhere(stage)).length === 0);
      await rest();
    },
  },
  {
    number: 42,
    title: 'A handler that always throws for one order: that order is parked, the others flow',
    script: async (stage) => {
      const { place, pass, until, expect, rest, world } = stage;
      const bad = '42000000-0000-4000-8000-000000000042';
      world.deploy(
        reading((read) => (record) => {
          if (record.headers['ce_subject'] === bad) throw new Error('cannot read properties of undefined');
          return read(record);
        }),
      );
      await restartAll(stage, 'inventory');
      await place({ orderId: bad });
      const others = [await place(), await place(), await place()];
      for (const orderId of others) await reaches(stage, orderId, 'delivered');
      await until('the bad one is parked', async () =>
        (await parkedAt(stage, 'inventory')).some(({ key }) => key === bad),
      );
      const parked = await parkedAt(stage, 'inventory');
      expect(
        'it alone, and with the reason',
        parked.length === 1 && parked[0]?.kind === 'failed' && parked[0].reason.includes('cannot read properties'),
      );
      world.deploy(TODAY);
      await restartAll(stage, 'inventory');
      await pass(5_000);
      expect('nothing is redriven that nobody asks for', (await parkedAt(stage, 'inventory')).length === 1);
      await redriveAll(stage, 'inventory');
      await reaches(stage, bad, 'delivered');
      await rest();
    },
  },
  {
    number: 43,
    title: 'A record that kills the process is parked after three starts',
    script: async (stage) => {
      const { place, until, count, expect, rest, world } = stage;
      const bad = '43000000-0000-4000-8000-000000000043';
      let deaths = 0;
      world.deploy(
        reading((read, node) => (record) => {
          if (record.headers['ce_subject'] === bad && wordOf(record.headers['ce_type'] ?? '') === 'order-submitted') {
            deaths += 1;
            world.kill(node, 500);
          }
          return read(record);
        }),
      );
      await restartAll(stage, 'shipping');
      await place({ orderId: bad });
      await until('shipping has died of it', () => deaths > 0);
      const other = await place();
      await until('the record is parked', async () =>
        (await parkedAt(stage, 'shipping')).some(({ key }) => key === bad),
      );
      expect('it took few lives', deaths >= 2 && deaths <= 6);
      const [parked] = await parkedAt(stage, 'shipping');
      expect('the reason is told', parked?.reason.includes('processes ended while they handled it') === true);
      await reaches(stage, other, 'delivered');
      expect('nothing else was taken for it', count('record parked: failed') === 1);
      world.deploy(TODAY);
      await restartAll(stage, 'shipping');
      await redriveAll(stage, 'shipping');
      await reaches(stage, bad, 'delivered');
      await rest();
    },
  },
  {
    number: 54,
    title: 'An operator redrives everything twice: it is applied once, and both wishes are on record',
    script: async (stage) => {
      const { place, until, pass, events, expect, rest, world } = stage;
      world.deploy(
        reading((read) => (record) => {
          if (wordOf(record.headers['ce_type'] ?? '') === 'payment-authorized') throw new Error('a bug');
          return read(record);
        }),
      );
      await restartAll(stage, 'shipping');
      const orderIds = [await place(), await place()];
      await until(
        'both are parked',
        async () => new Set((await parkedAt(stage, 'shipping')).map(({ key }) => key)).size === 2,
      );
      const parked = await parkedAt(stage, 'shipping');
      befall(world, 'redriven twice', 'shipping', 0, 0);
      await pass(5_000);
      expect('nothing is lost that fails again', (await parkedAt(stage, 'shipping')).length === parked.length);
      world.deploy(TODAY);
      await restartAll(stage, 'shipping');
      befall(world, 'redriven twice', 'shipping', 0, 0);
      for (const orderId of orderIds) await reaches(stage, orderId, 'delivered');
      befall(world, 'redriven twice', 'shipping', 0, 0);
      await pass(2_000);
      for (const { id } of parked) {
        const trail = await world.serviceOf('shipping').database.tables.inbox.readTrail(id);
        const actors = trail.filter(({ action }) => action === 'redrive').map(({ actor }) => actor);
        expect('both operators are on record', actors.includes('first-operator') && actors.includes('second-operator'));
        expect('it was applied once', trail.filter(({ action }) => action === 'redriven').length === 1);
      }
      for (const orderId of orderIds) {
        const stored = (await events('shipping', shipmentStream(orderId))).map(({ type }) => type);
        expect(
          'there is one booking',
          stored.filter((type) => type === 'BookingRequested').length === 1 &&
            world.carrier.ledgerOf(orderId).bookings.length === 1,
        );
      }
      await rest();
    },
  },
];
