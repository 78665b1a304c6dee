import fc from 'fast-check';
import { anyOrderOf, at, EVENT_NAMES, heard, ORDER, run, RUNS, START } from './heard.fixture';
import { timelineOf } from './timeline';

describe('the timeline of a saga', () => {
  it('tells what happened, in the order of time, and what is missing since when and until when', () => {
    expect(timelineOf(run('order-submitted', 'stock-reserved'))).toEqual({
      orderId: ORDER,
      status: 'reserved',
      entries: [
        {
          time: START,
          service: 'orders',
          event: 'order-submitted',
          meaning: 'the customer ordered 2 × KETTLE-1L, 1 × TEA-ASSAM for 78.70 EUR',
          eventId: 'orders.order-submitted.v1@0',
          causationId: 'c-1',
        },
        {
          time: at(1),
          service: 'inventory',
          event: 'stock-reserved',
          meaning: '2 × KETTLE-1L are held until 2026-03-01T10:30:00.100Z',
          eventId: 'inventory.stock-reserved.v1@1',
          causationId: 'c-1',
        },
      ],
      waitingFor: { service: 'payments', step: 'authorize-payment', since: at(1), deadlineAt: at(900) },
    });
  });

  it('names what goes on beside the step that is waited for first', () => {
    const timeline = timelineOf(
      run('order-submitted', 'stock-reserved', 'payment-authorized', 'shipment-booked', 'shipment-dispatched'),
    );
    expect(timeline?.waitingFor).toMatchObject({ service: 'inventory', step: 'commit-stock' });
    expect(timeline?.alsoWaitingFor?.map(({ step }) => step)).toEqual(['capture-payment', 'deliver-shipment']);
  });

  it('ends with why the order did', () => {
    const timeline = timelineOf(run('order-submitted', 'payment-declined', 'stock-released', 'order-cancelled'));
    expect(timeline).toMatchObject({ status: 'cancelled', reason: 'payment-declined', finalAt: at(3) });
    expect(timeline).not.toHaveProperty('waitingFor');
  });

  it('tells what happened at one instant in the order of cause', () => {
    const [cause, effect] = [heard('payments.payment-authorized.v1', 1), heard('payments.payment-captured.v1', 2)];
    const timeline = timelineOf([{ ...effect, time: cause.time }, cause]);
    expect(timeline?.entries.map(({ event }) => event)).toEqual(['payment-authorized', 'payment-captured']);
  });

  it('tells what was said in one breath in the order of saying, an operator’s word first', () => {
    const breath = (name: Parameters<typeof heard>[0], id: string) => heard(name, 9, {}, id);
    const settled = [
      breath('orders.order-delivered.v1', 'a'),
      breath('orders.order-completed.v1', 'b'),
      breath('orders.order-attention-handled.v1', 'c'),
    ];
    const words = ['order-attention-handled', 'order-completed', 'order-delivered'];
    expect(timelineOf(settled)?.entries.map(({ event }) => event)).toEqual(words);
  });

  it('shows every refund of a return too', () => {
    const refund = (seconds: number) => heard('payments.payment-refunded.v1', seconds, { cause: 'return' });
    expect(timelineOf([...RUNS[0]!.heard, refund(20), refund(30)])).toMatchObject({ status: 'delivered' });
    expect(timelineOf([...RUNS[0]!.heard, refund(20), refund(30)])?.entries).toHaveLength(12);
  });

  it('of nothing is none', () => {
    expect(timelineOf([])).toBeUndefined();
  });

  it.each(EVENT_NAMES)('has a meaning for %s', (name) => {
    expect(timelineOf([heard(name)])?.entries).toMatchObject([{ meaning: expect.stringMatching(/^[a-zé0-9].*[^.]$/) }]);
  });

  it('counts yen as a whole', () => {
    const [entry] = timelineOf([heard('orders.order-submitted.v1', 0, { currency: 'JPY' })])?.entries ?? [];
    expect(entry?.meaning).toContain('7870 JPY');
  });

  it.each(RUNS)('of an order that ends as $ends is the same in every order of arrival', ({ heard: events }) => {
    const inOrder = timelineOf(events);
    fc.assert(
      fc.property(anyOrderOf(events), (arrived) => {
        expect(timelineOf(arrived)).toEqual(inOrder);
      }),
    );
  });
});
