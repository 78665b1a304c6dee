import type { Heard } from '@murmuration/contracts';
import { stateAfter } from '@murmuration/testing';
import fc from 'fast-check';
import { anyOrderOf, at, heard, ORDER, run, RUNS, START } from './heard.fixture';
import { inOrderOfTime, type OrderWord } from './heard-order';
import { orderRowOf, orderViewFold, type OrderRow } from './order-view';

const rowAfter = (...events: readonly Heard[]): OrderRow | undefined => stateAfter(orderViewFold, ...events);

const FORWARD: readonly OrderWord[] = ['order-submitted', 'stock-reserved', 'payment-authorized', 'shipment-booked'];

describe('the view of an order', () => {
  it('begins with what was submitted', () => {
    expect(rowAfter(heard('orders.order-submitted.v1'))).toEqual({
      orderId: ORDER,
      customerId: 'c-1001',
      currency: 'EUR',
      totalMinor: 7870,
      lines: [
        { sku: 'KETTLE-1L', quantity: 2, unitPriceMinor: 3490 },
        { sku: 'TEA-ASSAM', quantity: 1, unitPriceMinor: 890 },
      ],
      submittedAt: START,
      firstDeadlineAt: at(900),
      status: 'submitted',
      updatedAt: START,
      waitingFor: 'inventory',
      waitingForStep: 'reserve-stock',
      waitingSince: START,
      deadlineAt: at(900),
      facts: { 'order-submitted': { at: START } },
    });
  });

  it('keeps neither the address nor the payment token', () => {
    expect(JSON.stringify(rowAfter(heard('orders.order-submitted.v1')))).not.toMatch(/Byron|tok_/);
  });

  it.each<[OrderWord[], object]>([
    [[], { status: 'submitted', waitingFor: 'inventory', waitingForStep: 'reserve-stock' }],
    [['stock-reserved'], { status: 'reserved', waitingFor: 'payments', waitingForStep: 'authorize-payment' }],
    [
      ['stock-reserved', 'payment-authorized'],
      { status: 'authorized', waitingFor: 'shipping', waitingForStep: 'book-shipment' },
    ],
    [
      ['stock-reserved', 'payment-authorized', 'shipment-booked'],
      { status: 'booked', waitingFor: 'shipping', waitingForStep: 'dispatch-shipment' },
    ],
  ])('after submit and %j says where the order stands and whose word is missing', (words, row) => {
    expect(rowAfter(...run('order-submitted', ...words))).toMatchObject({ ...row, waitingSince: at(words.length) });
  });

  it.each(RUNS)('ends as $ends', ({ ends, heard: events }) => {
    const row = rowAfter(...events);
    expect(row?.status).toBe(ends);
    const hasEnded = ends !== 'needs-attention';
    expect(row?.finalAt !== undefined).toBe(hasEnded);
    expect(row?.deadlineAt === undefined).toBe(hasEnded);
    expect(row?.waitingFor).toBe({ completed: 'shipping', 'needs-attention': 'payments' }[ends]);
  });

  it('tells why an order was cancelled', () => {
    expect(rowAfter(...run('order-submitted', 'payment-declined', 'stock-released', 'order-cancelled'))).toMatchObject({
      status: 'cancelled',
      reason: 'payment-declined',
      detail: 'insufficient_funds',
      finalAt: at(3),
    });
  });

  it('is compensating from the first word that leads back', () => {
    for (const word of ['payment-declined', 'shipment-refused', 'shipment-cancelled', 'stock-released'] as const)
      expect(rowAfter(...run(...FORWARD, word))?.status).toBe('compensating');
  });

  it('of an order that needs attention moves on when the end comes after all', () => {
    const events = run(...FORWARD, 'order-needs-attention', 'order-completed');
    expect(rowAfter(...events.slice(0, -1))?.status).toBe('needs-attention');
    expect(rowAfter(...events)).toMatchObject({ status: 'completed', completedAt: at(5), finalAt: at(5) });
  });

  it('has a second deadline, as long as the first, from the request to cancel on', () => {
    const row = rowAfter(...run('order-submitted', 'stock-reserved', 'order-cancellation-requested'));
    expect(row?.deadlineAt).toBe(at(902));
  });

  it('adds up the refunds of returns, each once, and stays as it ended', () => {
    const refund = (refundId: string, amountMinor: number) =>
      heard('payments.payment-refunded.v1', 99, { cause: 'return', refundId, amountMinor }, refundId);
    const delivered = RUNS[0]!.heard;
    expect(rowAfter(...delivered)).not.toHaveProperty('refundedMinor');
    const row = rowAfter(...delivered, refund('r-1', 870), refund('r-2', 1000), refund('r-1', 870));
    expect(row).toMatchObject({ status: 'delivered', refundedMinor: 1870, updatedAt: at(99) });
  });

  it('shows the refund of an undo as what was given back', () => {
    const refunded = run(...FORWARD, 'shipment-cancelled', 'payment-refunded', 'stock-released', 'order-cancelled');
    expect(rowAfter(...refunded)).toMatchObject({ status: 'cancelled', refundedMinor: 7870 });
  });

  it('does not change by what is not said of the order', () => {
    const row = rowAfter(...run(...FORWARD));
    const stuck = { ...heard('orders.order-submitted.v1'), name: 'projections.saga-stuck.v1' } as Heard;
    expect(orderViewFold.evolve(row, stuck)).toBe(row);
  });

  it('says why a person is needed in the word that orders gave last, as orders itself does', () => {
    const first = heard('orders.order-needs-attention.v1', 5, { attention: 1, reason: 'payments is silent' });
    // The replica that said it last has a clock that lags.
    const second = heard('orders.order-needs-attention.v1', 4, { attention: 2, reason: 'shipping is silent' });
    for (const both of [
      [first, second],
      [second, first],
    ])
      expect(rowAfter(...run(...FORWARD), ...both)).toMatchObject({
        status: 'needs-attention',
        reason: 'shipping is silent',
      });
  });

  it('needs a person no longer once an operator has acted, and waits until the new deadline', () => {
    const raised = heard('orders.order-needs-attention.v1', 5, { attention: 1 });
    const handled = heard('orders.order-attention-handled.v1', 6, { attentions: [1], deadlineAt: at(5000) });
    const row = rowAfter(...run(...FORWARD), raised, handled);
    expect(row).toMatchObject({ status: 'booked', deadlineAt: at(5000) });
    expect(row).not.toHaveProperty('attention');
    expect(rowAfter(...run(...FORWARD), handled)).toMatchObject({ status: 'booked' });
  });

  it('shows what needs a person after the order has ended, until it is answered or handled', () => {
    const stuck = heard('payments.payment-needs-attention.v1', 20, { call: 'refund', refundId: 'r-1', attention: 1 });
    const delivered = RUNS[0]!.heard;
    const { reason } = stuck.data as { readonly reason: string }; // because that is what such an event carries
    const attention = [{ service: 'payments', reason, since: at(20) }];
    expect(rowAfter(...delivered, stuck)).toMatchObject({ status: 'delivered', attention });
    const answered = heard('payments.payment-refunded.v1', 21, { cause: 'return', refundId: 'r-1' });
    const handled = heard('payments.payment-attention-handled.v1', 21, { attentions: [1], refundId: 'r-1' });
    for (const end of [answered, handled]) expect(rowAfter(...delivered, stuck, end)).not.toHaveProperty('attention');
  });

  it.each<[OrderWord, Parameters<typeof heard>[0], object]>([
    ['payment-captured', 'payments.payment-needs-attention.v1', { call: 'capture' }],
    ['payment-voided', 'payments.payment-needs-attention.v1', { call: 'void' }],
    ['payment-declined', 'payments.payment-needs-attention.v1', { call: 'authorize' }],
    ['shipment-booked', 'shipping.shipment-needs-attention.v1', { call: 'book' }],
    ['stock-committed', 'inventory.stock-needs-attention.v1', {}],
    ['order-cancelled', 'payments.payment-needs-attention.v1', { call: undefined }],
  ])('takes %s as the answer to what %s is about', (word, name, about) => {
    const [answer] = run(word);
    expect(rowAfter(heard(name, 1, about))).toHaveProperty('attention');
    expect(rowAfter(heard(name, 1, about), answer!)).not.toHaveProperty('attention');
  });

  it('names who settled an order by hand, and waits for nobody but the carrier', () => {
    const resolved = RUNS.find(({ heard: events }) => rowAfter(...events)?.resolution !== undefined)!;
    expect(rowAfter(...resolved.heard)).toMatchObject({
      ...{ status: 'completed', waitingFor: 'shipping', waitingForStep: 'deliver-shipment' },
      resolution: { actor: 'mira', reason: 'the carrier is back', at: at(9) },
    });
  });

  it('is there also when others speak of the order first', () => {
    expect(rowAfter(heard('inventory.stock-reserved.v1', 1))).toMatchObject({ orderId: ORDER, status: 'reserved' });
  });

  it.each(RUNS)(
    'of an order that ends as $ends is the same to the byte in every order of arrival',
    ({ heard: events }) => {
      const inOrder = JSON.stringify(rowAfter(...events));
      fc.assert(fc.property(anyOrderOf(events), (arrived) => JSON.stringify(rowAfter(...arrived)) === inOrder));
    },
  );

  it('can be stored and loaded between any two events', () => {
    for (const { heard: events } of RUNS) {
      const stored = events.reduce<OrderRow | undefined>((row, event) => {
        const loaded = row === undefined ? undefined : (JSON.parse(JSON.stringify(row)) as OrderRow);
        return orderViewFold.evolve(loaded, event);
      }, undefined);
      expect(stored).toEqual(rowAfter(...events));
    }
  });

  it('is the same when it is made of all events at once', () => {
    for (const { heard: events } of RUNS) expect(orderRowOf(inOrderOfTime(events))).toEqual(rowAfter(...events));
  });

  it('takes a fact heard twice as one, and leaves the very same row', () => {
    for (const { heard: events } of RUNS) {
      const row = rowAfter(...events);
      for (const event of events) expect(orderViewFold.evolve(row, event)).toBe(row);
    }
  });
});
