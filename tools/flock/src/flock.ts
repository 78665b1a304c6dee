import { SERVICES, topicOf } from '@murmuration/contracts';
import * as inventory from '@murmuration/domain-inventory';
import * as orders from '@murmuration/domain-orders';
import * as payments from '@murmuration/domain-payments';
import * as shipping from '@murmuration/domain-shipping';
import type { EffectPort, Instant } from '@murmuration/kernel';
import { memoryBroker, systemClock } from '@murmuration/messaging';
import { startMember } from './member';
import { carrierInMemory, providerInMemory } from './partners';

const PARTITIONS = 2;
const VISIT_EVERY_MS = 2;

const nobody: EffectPort<never, never> = {
  perform: (key) => Promise.reject(new Error(`nobody is called with ${key}`)),
  query: (key) => Promise.reject(new Error(`nobody is asked about ${key}`)),
};

/** The four services that decide, in one process, over memory stores and a memory log; the carrier comes after `carrierMs`. */
export const startFlock = ({ carrierMs }: { readonly carrierMs: number }) => {
  const now = (): Instant => systemClock.now();
  const broker = memoryBroker({ now });
  for (const service of SERVICES) broker.createTopic(topicOf(service), PARTITIONS);
  const provider = providerInMemory(now);
  const carrier = carrierInMemory(now, { handOverMs: carrierMs, deliverMs: carrierMs });
  const members = {
    orders: startMember(
      {
        ...{
          service: 'orders',
          model: orders.ordersModel,
          shapes: orders.ordersShapes,
          reactions: orders.ordersReactions,
        },
        ...{ announce: orders.announce, agenda: orders.ordersAgenda, port: nobody },
      },
      broker,
    ),
    inventory: startMember(
      {
        ...{
          service: 'inventory',
          model: inventory.inventoryModel,
          shapes: inventory.inventoryShapes,
          reactions: inventory.inventoryReactions,
        },
        ...{ announce: inventory.announce, agenda: inventory.inventoryAgenda, port: nobody },
      },
      broker,
    ),
    payments: startMember(
      {
        ...{
          service: 'payments',
          model: payments.paymentsModel,
          shapes: payments.paymentsShapes,
          reactions: payments.paymentsReactions,
        },
        ...{ announce: payments.announce, agenda: payments.paymentsAgenda, port: provider.port },
      },
      broker,
    ),
    shipping: startMember(
      {
        ...{
          service: 'shipping',
          model: shipping.shippingModel,
          shapes: shipping.shippingShapes,
          reactions: shipping.shippingReactions,
        },
        ...{ announce: shipping.announce, agenda: shipping.shippingAgenda, port: carrier.port },
      },
      broker,
    ),
  };

  let stopped = false;
  const visits = (async () => {
    while (!stopped) {
      await carrier.visit(async (orderId, call, carrierReference) => {
        const at = now();
        const executed = await members.shipping.execute(
          call === 'hand-over'
            ? { type: 'DispatchShipment', orderId, carrierReference, now: at }
            : { type: 'DeliverShipment', orderId, now: at },
        );
        return executed.outcome === 'rejected' ? 'refused' : 'accepted';
      });
      await new Promise((wake) => setTimeout(wake, VISIT_EVERY_MS));
    }
  })();

  return {
    ...members,
    now,
    provider,
    carrier,
    /** Records that a service could not apply. */
    parked: async () =>
      (await Promise.all(Object.values(members).map(({ inbox }) => inbox.listParked({ limit: 100 })))).flat(),
    stop: async () => {
      stopped = true;
      await visits;
      await Promise.all(Object.values(members).map((member) => member.stop()));
    },
  };
};

export type Flock = ReturnType<typeof startFlock>;
