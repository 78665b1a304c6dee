import { instant } from '@murmuration/kernel';
import { announcementOf } from './announcement';
import { bindReactions, heardBy, heardByStep, topicsOf, isUnheard } from './binding';
import { say } from './catalogue';
import { orderSubmitted } from './orders.events';
import { paymentDeclined, paymentRefunded, paymentVoided } from './payments.events';
import type { Reactions } from './reactions';
import { shipmentDispatched, shipmentDelivered } from './shipping.events';

type Command = { readonly type: 'Reserve' | 'Release' | 'Commit'; readonly orderId: string; readonly at?: string };
type Rejection = { readonly type: 'Closed' };

const release = ({ orderId }: { readonly orderId: string }): readonly Command[] => [{ type: 'Release', orderId }];
const reactions: Reactions<'inventory', Command, Rejection> = {
  'reserve-stock': {
    on: { [orderSubmitted.name]: ({ orderId }, { now }) => [{ type: 'Reserve', orderId, at: now }] },
    stale: ['Closed'],
  },
  'release-stock': {
    on: { [paymentDeclined.name]: release, [paymentVoided.name]: release, [paymentRefunded.name]: release },
    stale: [],
  },
  'commit-stock': { on: { [shipmentDispatched.name]: ({ orderId }) => [{ type: 'Commit', orderId }] }, stale: [] },
};
const NOW = instant('2026-03-01T09:31:00.000Z');
const read = bindReactions<'inventory', Command, Rejection>(reactions, () => NOW);

const stored = {
  eventId: '00000000-0000-5000-8000-000000000001',
  recordedAt: instant('2026-03-01T09:30:00.000Z'),
  metadata: { correlationId: 'o-1', causationId: 'c-1', hop: 3 },
};
const submitted = announcementOf('orders', say(orderSubmitted, orderSubmitted.example), stored)!;

describe('the announcement of a stored event', () => {
  it('is a record of its service that tells where the event came from', () => {
    expect(submitted).toMatchObject({
      topic: 'orders.events.v1',
      key: orderSubmitted.example.orderId,
      headers: { ce_id: stored.eventId, ce_source: 'orders', ce_time: stored.recordedAt, hop: '3' },
    });
    expect('traceparent' in submitted.headers).toBe(false);
  });

  it('carries the trace on', () => {
    const traced = { ...stored, metadata: { ...stored.metadata, traceparent: '00-a-b-01' } };
    const record = announcementOf('orders', say(orderSubmitted, orderSubmitted.example), traced);
    expect(record?.headers).toMatchObject({ traceparent: '00-a-b-01' });
  });

  it('is nothing where nothing is said', () => {
    expect(announcementOf('orders', undefined, stored)).toBeUndefined();
  });
});

describe('a record read by bound reactions', () => {
  it.each([
    ['text', submitted.value],
    ['bytes', Buffer.from(submitted.value)],
  ])('as %s leads to what the step does about it', (_, value) => {
    expect(read({ headers: submitted.headers, value })).toMatchObject({
      kind: 'heard',
      heard: { id: stored.eventId, correlationId: 'o-1', hop: 3 },
      reaction: {
        step: 'reserve-stock',
        commands: [{ type: 'Reserve', orderId: orderSubmitted.example.orderId, at: NOW }],
        stale: new Set(['Closed']),
      },
    });
  });

  it('is ignored when no step hears it', () => {
    const { headers, value } = announcementOf('shipping', say(shipmentDelivered, shipmentDelivered.example), stored)!;
    expect(read({ headers, value })).toEqual({
      kind: 'ignored',
      why: 'no step here hears shipping.shipment-delivered.v1',
    });
  });

  it('says why it cannot be read', () => {
    expect(read({ headers: submitted.headers, value: 'torn{' })).toEqual({
      kind: 'undecodable',
      reason: 'the value is not JSON',
    });
    expect(read({ headers: { ...submitted.headers, ce_type: 'orders.never-heard-of.v9' }, value: '{}' }).kind).toBe(
      'unknown-type',
    );
    expect(read({ headers: submitted.headers, value: null }).kind).toBe('undecodable');
  });
});

describe('what a service hears', () => {
  it('is what its declared steps hear', () => {
    expect([...heardBy('inventory')].sort()).toEqual(
      Object.values(reactions)
        .flatMap(({ on }) => Object.keys(on))
        .sort(),
    );
    expect(heardByStep('inventory', 'reserve-stock')).toEqual([orderSubmitted.name]);
  });

  it('lies in the topics of those who say it', () => {
    expect([...topicsOf(heardBy('inventory'))].sort()).toEqual([
      'orders.events.v1',
      'payments.events.v1',
      'shipping.events.v1',
    ]);
    expect(topicsOf(['nobody.ever-said.v1'])).toEqual([]);
  });
});

describe('a record of an event that nobody here hears', () => {
  const hears = (name: string): boolean => name === 'orders.order-submitted.v1';
  it.each([
    ['orders.order-completed.v1', true],
    ['orders.order-submitted.v1', false],
    ['orders.order-submitted.v2', false],
    ['orders.order-sung.v1', false],
  ])('of type %s is told by its type alone: %s', (type, expected) => {
    expect(isUnheard({ headers: { ce_type: type } }, hears)).toBe(expected);
  });

  it('is not told where there is no type at all', () => {
    expect(isUnheard({ headers: {} }, hears)).toBe(false);
  });
});
