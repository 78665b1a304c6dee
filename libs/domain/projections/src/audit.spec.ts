import type { Heard } from '@murmuration/contracts';
import fc from 'fast-check';
import { auditOrder } from './audit';
import { anyOrderOf, heard, run, RUNS } from './heard.fixture';

const DELIVERED = RUNS[0]!.heard;
const CANCELLED = run('order-submitted', 'shipment-cancelled', 'payment-voided', 'stock-released', 'order-cancelled');

const but = (events: readonly Heard[], ...names: readonly Heard['name'][]): readonly Heard[] =>
  events.filter(({ name }) => !names.includes(name));

const atRest = (events: readonly Heard[]): readonly string[] =>
  auditOrder(events, { atRest: true }).map(({ invariant, finding }) => `${invariant}: ${finding}`);

const moving = (events: readonly Heard[]): readonly string[] =>
  auditOrder(events, { atRest: false }).map(({ invariant, finding }) => `${invariant}: ${finding}`);

describe('the audit of an order', () => {
  it.each(RUNS.filter(({ ends }) => ends !== 'needs-attention'))(
    'finds nothing where it ended well as $ends',
    (run) => {
      fc.assert(
        fc.property(anyOrderOf(run.heard), (arrived) => {
          expect(atRest(arrived)).toEqual([]);
        }),
      );
    },
  );

  it.each(RUNS)('finds nothing on the way to $ends, whatever part of it was heard so far', (run) => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...run.heard]), (part) => {
        expect(moving(part)).toEqual([]);
      }),
    );
  });

  it('finds the same in every order of arrival', () => {
    const broken = [...DELIVERED, ...CANCELLED];
    fc.assert(
      fc.property(anyOrderOf(broken), (arrived) => {
        expect(atRest(arrived)).toEqual(atRest(broken));
      }),
    );
  });

  it('keeps to what it found while the order was moving, whatever is heard later', () => {
    const all = [
      ...DELIVERED,
      ...CANCELLED,
      heard('payments.payment-captured.v1', 50),
      heard('shipping.shipment-booked.v1', 51),
    ];
    const invariantsOf = (events: readonly Heard[]) =>
      new Set(auditOrder(events, { atRest: false }).map((found) => found.invariant));
    fc.assert(
      fc.property(fc.shuffledSubarray(all), (part) => {
        const found = invariantsOf(part);
        expect([...invariantsOf(all)]).toEqual(expect.arrayContaining([...found]));
      }),
    );
  });
});

describe('the audit of money finds', () => {
  it('an amount authorised that is not the total', () => {
    const events = run('order-submitted');
    expect(moving([...events, heard('payments.payment-authorized.v1', 1, { amountMinor: 7000 })])).toEqual([
      'I1: authorised 7000 EUR for an order of 7870 EUR',
    ]);
    expect(moving([...events, heard('payments.payment-authorized.v1', 1, { currency: 'USD' })])).toEqual([
      'I1: authorised 7870 USD for an order of 7870 EUR',
    ]);
  });
  it('a capture that was made twice', () => {
    expect(moving([...DELIVERED, heard('payments.payment-captured.v1', 99)])).toEqual([
      'I1: captured 2 times',
      'I1: captured 15740 and voided 0 of 7870 authorised',
    ]);
  });
  it('a payment that was authorised twice', () => {
    expect(moving(run('payment-authorized').concat(heard('payments.payment-authorized.v1', 9)))).toContain(
      'I1: authorised 2 times',
    );
  });
  it('more given back than was taken', () => {
    expect(
      moving([...DELIVERED, heard('payments.payment-refunded.v1', 99, { amountMinor: 8000, cause: 'return' })]),
    ).toEqual(['I1: refunded 8000 of 7870 captured']);
  });
  it('but not a return that gives back what was taken', () => {
    expect(atRest([...DELIVERED, heard('payments.payment-refunded.v1', 99, { cause: 'return' })])).toEqual([]);
  });
  it('a capture of a declined payment', () => {
    expect(moving(run('payment-declined', 'payment-captured'))).toEqual(['I1: captured 7870 of a declined payment']);
  });
  it('an authorisation that was neither captured nor given back', () => {
    const held = run('order-submitted', 'stock-reserved', 'payment-authorized', 'stock-released', 'order-cancelled');
    expect(atRest(held)).toEqual(['I1: captured 0 and voided 0, but authorised 7870']);
    expect(atRest([...held, heard('payments.payment-authorization-expired.v1', 9)])).toEqual([]);
  });
  it('but not one that an operator wrote off', () => {
    const writtenOff = { action: 'resolved', outcome: 'not-done', call: 'capture', writtenOffMinor: 7870 } as const;
    const unpaid = but(DELIVERED, 'payments.payment-captured.v1', 'orders.order-completed.v1');
    const handled = heard('payments.payment-attention-handled.v1', 50, writtenOff);
    const money = (events: readonly Heard[]) => atRest(events).filter((finding) => finding.startsWith('I1'));
    expect(money(unpaid)).toEqual(['I1: captured 0 and voided 0, but authorised 7870']);
    expect(money([...unpaid, handled])).toEqual([]);
  });
  it('a refund of money that was never captured', () => {
    expect(atRest(run('payment-refunded'))).toEqual(['I1: refunded 7870 of nothing captured']);
  });
  it('money kept for an order that never left', () => {
    const kept = run('order-submitted', 'stock-reserved', 'payment-authorized', 'payment-captured', 'stock-released');
    expect(atRest([...kept, heard('orders.order-cancelled.v1', 9)])).toEqual(['I1: kept 7870 without a dispatch']);
  });
});

describe('the audit of stock, shipment and end finds', () => {
  it('stock that is held for ever', () => {
    expect(atRest(but(DELIVERED, 'inventory.stock-committed.v1'))).toContain('I2: holds stock for ever');
  });
  it('stock that went two ways', () => {
    expect(moving(run('stock-released', 'stock-committed'))).toEqual(['I2: both released and committed']);
    expect(moving(run('stock-reserved', 'stock-refused'))).toEqual(['I2: both reserved and refused']);
    expect(moving([...DELIVERED, heard('inventory.stock-reserved.v1', 99)])).toEqual(['I2: reserved 2 times']);
    expect(moving([...DELIVERED, heard('inventory.stock-committed.v1', 99)])).toEqual(['I2: committed 2 times']);
  });
  it('stock that left without a parcel', () => {
    expect(atRest(but(DELIVERED, 'shipping.shipment-dispatched.v1'))).toContain('I2: committed without a dispatch');
  });
  it('two shipments', () => {
    expect(moving([...DELIVERED, heard('shipping.shipment-booked.v1', 99, { carrierReference: 'CR-2' })])).toEqual([
      'I3: shipments CR-2, CR-7F3A',
    ]);
    expect(moving([...DELIVERED, heard('shipping.shipment-dispatched.v1', 99)])).toEqual(['I3: dispatched 2 times']);
  });
  it('a parcel that left although it was cancelled', () => {
    expect(moving(run('shipment-cancelled', 'shipment-dispatched'))).toEqual([
      'I3: dispatched although it was cancelled or refused',
    ]);
  });
  it('an order without an end', () => {
    expect(atRest(run('order-submitted'))).toEqual(['I4: never came to an end']);
    expect(moving(run('order-submitted'))).toEqual([]);
  });
  it('an order that was given more time and never came to an end', () => {
    const needy = [...run('order-submitted'), heard('orders.order-needs-attention.v1', 1, { attention: 1 })];
    const retried = heard('orders.order-attention-handled.v1', 2, { action: 'retried', attentions: [1] });
    expect(atRest(needy)).toEqual([]);
    expect(atRest([...needy, retried])).toEqual(['I4: never came to an end']);
    expect(atRest([...needy, retried, heard('orders.order-needs-attention.v1', 3, { attention: 2 })])).toEqual([]);
  });
  it('an order that was called completed by hand without a parcel', () => {
    const resolved = heard('orders.order-attention-handled.v1', 2, { action: 'resolved', outcome: 'completed' });
    expect(atRest([...run('order-submitted', 'order-completed'), resolved])).toEqual([
      'I7: completed without dispatch, capture and commit',
    ]);
  });
  it('what can never be right, whatever was settled by hand', () => {
    const resolved = heard('orders.order-attention-handled.v1', 9, { action: 'resolved', outcome: 'cancelled' });
    expect(atRest([...run('order-submitted', 'shipment-dispatched', 'order-cancelled'), resolved])).toEqual([
      'I7: called off with a parcel on its way',
    ]);
  });
  it('two ends', () => {
    expect(moving(run('order-cancelled', 'order-delivered'))).toEqual([
      'I7: said both order-cancelled and order-delivered',
    ]);
    expect(moving(run('order-cancelled', 'order-rejected'))).toEqual([
      'I7: said both order-cancelled and order-rejected',
    ]);
    expect(moving(run('order-completed', 'order-delivered'))).toEqual([]);
  });
  it('an order called off with a parcel on its way', () => {
    expect(moving(run('order-cancelled', 'shipment-dispatched'))).toEqual(['I7: called off with a parcel on its way']);
  });
  it('an order called completed that is not', () => {
    expect(atRest(run('order-submitted', 'order-completed'))).toEqual([
      'I7: completed without dispatch, capture and commit',
    ]);
  });
});
