import { shipmentStream } from '@murmuration/domain-shipping';
import { EventStoreError } from '@murmuration/event-store';
import { TODAY, type Code } from '../world/code';
import { isSent, parkedAt, reaches } from './props';
import { play } from './stage';

const UNKNOWN_YET = 'ShipmentBooked';

/** On one node the code of before an event that today's code stores. */
const YESTERDAY_ON_FIRST: Code = (binding, node) =>
  node !== 'shipping-1'
    ? binding
    : {
        ...binding,
        codec: {
          ...binding.codec,
          decode: (stored) => {
            if (stored.type === UNKNOWN_YET) throw new EventStoreError('unknown-event', stored.type);
            return binding.codec.decode(stored);
          },
        },
      };

const ENDED = new Set(['cancelled', 'delivered']);

describe('a roll-out of a new type of stored event', () => {
  it('halts relay and agenda of the old code, which go on in a process with the new one, and nothing is lost', async () => {
    const { failure, findings } = await play(async (stage) => {
      const { world, until, count } = stage;
      const restartFirst = async (code: Code): Promise<void> => {
        world.deploy(code);
        await world.stop('shipping-1');
        world.start('shipping-1');
      };
      await restartFirst(YESTERDAY_ON_FIRST);
      const placed = [await stage.place(), await stage.place(), await stage.place()];
      await until('the old relay says that it cannot go on', () => count('relay failed to announce') > 1);
      await until('so does its agenda', () => count('agenda failed and went on') > 0);
      // Without what it still had in mind of the streams.
      await restartFirst(YESTERDAY_ON_FIRST);
      const booked = await Promise.all(
        placed.map(async (orderId) =>
          (await stage.events('shipping', shipmentStream(orderId))).some(({ type }) => type === UNKNOWN_YET),
        ),
      );
      const cancelled = placed[booked.lastIndexOf(true)]!;
      const orderIds = placed.filter((orderId) => orderId !== cancelled);
      await stage.cancel(cancelled);
      await until('what the old code cannot decide is parked', async () =>
        (await parkedAt(stage, 'shipping')).some(({ key, kind }) => key === cancelled && kind === 'unknown-type'),
      );
      world.start('shipping-2');
      for (const orderId of orderIds) await isSent(stage, 'shipping', orderId, 'shipment-booked');
      await restartFirst(TODAY);
      for (const orderId of orderIds) await reaches(stage, orderId, 'delivered');
      await until('the other one has come to an end', () => ENDED.has(stage.standing(cancelled)?.status ?? ''));
      await until('nothing is left parked', async () => (await parkedAt(stage, 'shipping')).length === 0);
      await stage.rest();
    });
    expect(failure).toBeUndefined();
    expect(findings).toEqual([]);
  });
});
