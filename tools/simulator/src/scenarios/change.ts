import {
  declareEvent,
  earlierVersion,
  paymentAuthorized,
  recordDecoder,
  topicOf,
  topicsOf,
} from '@murmuration/contracts';
import { sayingMore, TODAY, type Code } from '../world/code';
import { FOLLOWERS, inNewWords, knowingBoth, reading, restartAll, textOf, V1 } from './code';
import { isSaid, nodesOf, otherRelay, parkedAnywhere, parkedAt, reaches, recordsOf, timesSaid } from './props';
import type { Scenario } from './scenario';

const OPERATOR = 'operator-7';

/** What is newer or older than who hears it. */
export const CHANGE: readonly Scenario[] = [
  {
    number: 44,
    title: 'Events with more fields than their hearers know are tolerated',
    script: async (stage) => {
      const { place, count, expect, rest, world } = stage;
      world.deploy(sayingMore);
      for (const node of nodesOf(stage)) await world.stop(node).then(() => world.start(node));
      world.deploy(TODAY);
      const orderIds = [await place(), await place({ country: 'ZZ' })];
      await reaches(stage, orderIds[0]!, 'delivered');
      await reaches(stage, orderIds[1]!, 'cancelled');
      const records = FOLLOWERS.slice(0, 4).flatMap((service) => recordsOf(stage, service as 'orders', orderIds[0]!));
      expect(
        'all that was said of it had a new field',
        records.length >= 8 && records.every((record) => textOf(record).includes('addedTomorrow')),
      );
      expect('nothing was parked', count(/^record parked/) === 0);
      await rest();
    },
  },
  {
    number: 45,
    title: 'An event of a version that nobody knows yet is parked, and redriven by itself after the deploy',
    script: async (stage) => {
      const { place, pass, until, standing, expect, rest, world } = stage;
      const mend = world.log.tamper((record) => (record.headers['ce_type'] === V1 ? [inNewWords(record)] : [record]));
      const orderId = await place();
      await until('it is parked by who hears it', async () => (await parkedAt(stage, 'shipping')).length > 0);
      const [parked] = await parkedAt(stage, 'shipping');
      expect(
        'as one of an unknown version, with the one that is known',
        parked?.kind === 'unknown-version' && parked.reason.includes(V1),
      );
      await pass(10_000);
      expect('the saga waits', standing(orderId)?.status === 'reserved');
      world.deploy(knowingBoth);
      for (const service of FOLLOWERS) await restartAll(stage, service);
      await reaches(stage, orderId, 'delivered');
      await until('all of it is applied', async () => (await parkedAnywhere(stage)).length === 0);
      const trail = await world.serviceOf('shipping').database.tables.inbox.readTrail(parked?.id ?? '');
      expect('nobody had to ask for it', trail.map(({ actor }) => actor).join() === 'system,consumer');
      mend();
      await rest();
    },
  },
  {
    number: 46,
    title: 'Old events at a consumer that knows only their newest version: read through the upcast chain',
    stage: { replicas: { shipping: 0 } },
    script: async (stage) => {
      const { place, expect, rest, world } = stage;
      const orderIds = [await place(), await place()];
      for (const orderId of orderIds) await isSaid(stage, orderId, 'payment-authorized');
      const v2 = declareEvent('payments')('payment-authorized', {
        ...{ version: 2, key: 'orderId', schema: paymentAuthorized.schema, example: paymentAuthorized.example },
        earlier: [earlierVersion(paymentAuthorized.schema, (data) => ({ ...data, amountMinor: data.amountMinor + 0 }))],
      });
      const decode = recordDecoder([v2]);
      let lifted = 0;
      world.deploy(
        reading((read) => (record) => {
          if (record.headers['ce_type'] !== V1) return read(record);
          const decoded = decode(record.headers, record.value?.toString('utf8') ?? null);
          if (decoded.kind !== 'heard' || (decoded.event.name as string) !== v2.name) return read(record);
          lifted += 1;
          return read({ ...record, value: JSON.stringify(decoded.event.data) });
        }),
      );
      world.start('shipping-1');
      for (const orderId of orderIds) await reaches(stage, orderId, 'delivered');
      expect('what was said before it was there was lifted to its words', lifted >= orderIds.length);
      await rest();
    },
  },
  {
    number: 47,
    title: 'Old and new code live together: sagas in flight go on',
    stage: { replicas: { orders: 2, inventory: 2, payments: 2, shipping: 2 }, partitions: 2 },
    script: async (stage) => {
      const { place, pass, expect, rest, world } = stage;
      const orderIds = [await place(), await place({ token: 'tok_flaky' })];
      const both: Code = (binding, node) => knowingBoth(sayingMore(binding, node), node);
      world.deploy(both);
      for (const service of FOLLOWERS.slice(0, 4)) {
        world.restart(`${service}-2`);
        orderIds.push(await place());
        await pass(400);
      }
      const mend = world.log.tamper((record) => (record.headers['ce_type'] === V1 ? [inNewWords(record)] : [record]));
      for (let nth = 0; nth < 4; nth++) orderIds.push(await place());
      await pass(3_000);
      for (const orderId of orderIds.slice(0, 6)) await reaches(stage, orderId, 'delivered');
      const parked = await parkedAnywhere(stage);
      expect(
        'old code that heard new words parked them',
        parked.some(({ kind }) => kind === 'unknown-version'),
      );
      for (const node of nodesOf(stage).filter((name) => !name.endsWith('-2'))) {
        await world.stop(node);
        world.start(node);
      }
      for (const orderId of orderIds) await reaches(stage, orderId, 'delivered');
      mend();
      expect(
        'each was authorised once',
        orderIds.every((orderId) => timesSaid(stage, orderId, 'payment-authorized') === 1),
      );
      await rest();
    },
  },
  {
    number: 48,
    title: 'An event that a service need not hear is counted and skipped; one that nobody has declared is parked',
    script: async (stage) => {
      const { place, said, pass, count, expect, rest, world } = stage;
      const orderId = await place();
      await isSaid(stage, orderId, 'order-completed');
      await pass(1_000);
      expect('what its contract lets a service skip was counted', count('record ignored by contract') > 0);
      expect('and not parked', count(/^record parked/) === 0);
      await reaches(stage, orderId, 'delivered');
      const [known] = said(orderId).filter(({ name }) => name === V1);
      if (known !== undefined) otherRelay(stage, 'payments').say(known, { type: 'payments.payment-blessed.v1' });
      await pass(1_000);
      const hearers = FOLLOWERS.filter((service) =>
        topicsOf(world.serviceOf(service).binding.heard).includes(topicOf('payments')),
      );
      const parked = await parkedAnywhere(stage);
      expect(
        'what nobody has declared is parked by all who follow payments, and skipped by nobody',
        hearers.length >= 3 &&
          parked.length === hearers.length &&
          hearers.every((service) => parked.some(({ id }) => id.startsWith(`${service}:`))) &&
          parked.every(({ kind }) => kind === 'unknown-type'),
      );
      const announced = parked.filter(({ id }) => !id.startsWith('projections:'));
      expect(
        'each of them that announces anything says so',
        announced.every(({ id }) => timesSaid(stage, id, 'record-parked') === 1),
      );
      for (const service of hearers) {
        const { inbox } = world.serviceOf(service).database.tables;
        for (const { id } of await parkedAt(stage, service)) await inbox.wish(id, 'discard', OPERATOR);
      }
      await pass(3_000);
      expect('an operator can discard it', (await parkedAnywhere(stage)).length === 0);
      expect(
        'which is said as well',
        announced.every(({ id }) => timesSaid(stage, id, 'record-unparked') === 1),
      );
      await rest();
    },
  },
];
