import { instant as at } from '@murmuration/kernel';
import { z } from 'zod';
import { declareEvent, type ServiceName } from './event-contract';
import { instant, orderId, reason } from './fields';

const event = declareEvent('projections');
const EXAMPLE_ORDER = '0d9f3a52-6f0e-5c41-9a57-3f2f0f7e1c11';
const EXAMPLE_TIME = at('2026-03-01T09:50:00.000Z');

export const sagaStuck = event('saga-stuck', {
  key: 'orderId',
  terminal: true,
  schema: z.object({ orderId, waitingFor: z.string().min(1), since: instant }),
  example: { orderId: EXAMPLE_ORDER, waitingFor: 'shipping', since: EXAMPLE_TIME },
});

export const invariantViolated = event('invariant-violated', {
  key: 'orderId',
  terminal: true,
  schema: z.object({ orderId, invariant: z.string().min(1), finding: reason, foundAt: instant }),
  example: {
    orderId: EXAMPLE_ORDER,
    invariant: 'I1',
    finding: 'captured 7870 of 7000 authorised',
    foundAt: EXAMPLE_TIME,
  },
});

const parkedRecord = z.object({
  parkedId: z.string().min(1),
  service: z.string().min(1),
  topic: z.string().min(1),
  partition: z.int().min(0),
  offset: z.string().min(1),
  reason,
  at: instant,
});
const exampleParked = (service: ServiceName) => ({
  parkedId: `${service}:orders.events.v1:2:40`,
  service,
  topic: 'orders.events.v1',
  partition: 2,
  offset: '40',
  reason: 'undecodable: not JSON',
  at: EXAMPLE_TIME,
});

/** What a service says on its own topic of a record that it could not apply, and of one that it has dealt with. */
const parkedEventsOf = <Service extends ServiceName>(service: Service) => {
  const declaration = { key: 'parkedId', terminal: true, schema: parkedRecord } as const;
  const declare = declareEvent(service);
  return {
    recordParked: declare('record-parked', { ...declaration, example: exampleParked(service) }),
    recordUnparked: declare('record-unparked', {
      ...declaration,
      example: { ...exampleParked(service), reason: 'redriven' },
    }),
  };
};

/** `reason` says why it was parked, or how it was dealt with: `redriven` or `discarded`. */
export const PARKED_EVENTS = {
  orders: parkedEventsOf('orders'),
  inventory: parkedEventsOf('inventory'),
  payments: parkedEventsOf('payments'),
  shipping: parkedEventsOf('shipping'),
  projections: parkedEventsOf('projections'),
} as const satisfies Record<ServiceName, unknown>;
