import { AMOUNT_MINOR_MAX, ORDER_LINES_MAX, QUANTITY_MAX } from '@murmuration/contracts';
import type { CustomerEvent } from '@murmuration/domain-customers';
import type { Of } from '@murmuration/kernel';
import { given, stateAfter } from '@murmuration/testing';
import { ordersModel } from './model';
import {
  basket,
  customerId,
  deadlineMs,
  discarded,
  drafted,
  heard,
  kettles,
  now,
  orderId,
  submitted,
  tea,
} from './order.fixture';
import type { OrderCommand } from './order.messages';
import { absentOrder, evolve } from './order.state';

const create: Of<OrderCommand, 'CreateOrder'> = { type: 'CreateOrder', orderId, ...basket, now };
const place: Of<OrderCommand, 'PlaceOrder'> = { type: 'PlaceOrder', orderId, ...basket, deadlineMs, now };
const submit: OrderCommand = { type: 'SubmitOrder', orderId, deadlineMs, now };
const addTea: Of<OrderCommand, 'AddOrderLine'> = { type: 'AddOrderLine', orderId, ...tea, now };
const changeKettles: Of<OrderCommand, 'ChangeLineQuantity'> = {
  type: 'ChangeLineQuantity',
  orderId,
  sku: kettles.sku,
  quantity: 5,
  now,
};
const removeKettles: OrderCommand = { type: 'RemoveOrderLine', orderId, sku: kettles.sku, now };

const registered: CustomerEvent = {
  type: 'CustomerRegistered',
  customerId,
  name: 'Ada Byron',
  email: 'ada@example.org',
  registeredAt: now,
};
const suspended: CustomerEvent = { type: 'CustomerSuspended', customerId, reason: 'chargeback', suspendedAt: now };
const reactivated: CustomerEvent = { type: 'CustomerReactivated', customerId, reactivatedAt: now };

const manyLines = (count: number) => Array.from({ length: count }, (_, index) => ({ ...tea, sku: `SKU-${index}` }));

describe('creating an order', () => {
  it('begins a draft', () => given(ordersModel).when(create).then(drafted));
  it('needs no lines yet', () =>
    given(ordersModel)
      .when({ ...create, lines: [] })
      .then({ ...drafted, lines: [] } as typeof drafted));
  it('merges lines of one SKU', () =>
    given(ordersModel)
      .when({ ...create, lines: [kettles, tea, { ...kettles, quantity: 3 }] })
      .then({ ...drafted, lines: [{ ...kettles, quantity: 5 }, tea] } as typeof drafted));
  it('refuses two prices for one SKU', () =>
    given(ordersModel)
      .when({ ...create, lines: [kettles, { ...kettles, unitPriceMinor: 1 }] })
      .thenRejected({ type: 'LinePriceDiffers', sku: kettles.sku, unitPriceMinor: kettles.unitPriceMinor }));
  it('takes as many lines as an order may have, and refuses one more', () => {
    const most = manyLines(ORDER_LINES_MAX);
    given(ordersModel)
      .when({ ...create, lines: most })
      .then({ ...drafted, lines: most } as typeof drafted);
    given(ordersModel)
      .when({ ...create, lines: manyLines(ORDER_LINES_MAX + 1) })
      .thenRejected({ type: 'TooManyLines', max: ORDER_LINES_MAX });
  });
  it.each([0, -1, 1.5, Number.NaN, QUANTITY_MAX + 1])('refuses a quantity of %d', (quantity) =>
    given(ordersModel)
      .when({ ...create, lines: [{ ...kettles, quantity }] })
      .thenRejected({ type: 'LineOutOfBounds', sku: kettles.sku, field: 'quantity', min: 1, max: QUANTITY_MAX }),
  );
  it.each([-1, 0.5, AMOUNT_MINOR_MAX + 1])('refuses a price of %d', (unitPriceMinor) =>
    given(ordersModel)
      .when({ ...create, lines: [{ ...kettles, unitPriceMinor }] })
      .thenRejected({
        type: 'LineOutOfBounds',
        sku: kettles.sku,
        field: 'unitPriceMinor',
        min: 0,
        max: AMOUNT_MINOR_MAX,
      }),
  );
  it('refuses quantities that merge to more than a line may have', () =>
    given(ordersModel)
      .when({ ...create, lines: [{ ...kettles, quantity: QUANTITY_MAX }, kettles] })
      .thenRejected({ type: 'LineOutOfBounds', sku: kettles.sku, field: 'quantity', min: 1, max: QUANTITY_MAX }));
  it('refuses a total beyond all bounds', () =>
    given(ordersModel)
      .when({ ...create, lines: [{ sku: 'YACHT', quantity: 2, unitPriceMinor: AMOUNT_MINOR_MAX }] })
      .thenRejected({ type: 'OrderTotalOutOfBounds', max: AMOUNT_MINOR_MAX }));
  it('refuses an id that is taken', () =>
    given(ordersModel, drafted).when(create).thenRejected({ type: 'OrderAlreadyExists', orderId }));
});

describe('placing an order', () => {
  it('submits it at once, with a deadline', () => given(ordersModel).when(place).then(submitted));
  it('refuses an order without lines', () =>
    given(ordersModel)
      .when({ ...place, lines: [] })
      .thenRejected({ type: 'OrderHasNoLines', orderId }));
  it('refuses lines that cannot be', () =>
    given(ordersModel)
      .when({ ...place, lines: [{ ...tea, quantity: 0 }] })
      .thenRejected({ type: 'LineOutOfBounds', sku: tea.sku, field: 'quantity', min: 1, max: QUANTITY_MAX }));
  it('refuses a suspended customer', () =>
    given(ordersModel, registered, suspended).when(place).thenRejected({ type: 'CustomerSuspended', customerId }));
  it('takes a customer who was reactivated', () =>
    given(ordersModel, registered, suspended, reactivated).when(place).then(submitted));
  it('refuses an id that is taken', () =>
    given(ordersModel, submitted).when(place).thenRejected({ type: 'OrderAlreadyExists', orderId }));
});

describe('adding a line', () => {
  const emptyDraft = { ...drafted, lines: [] } as typeof drafted;
  it('adds it to the draft', () =>
    given(ordersModel, emptyDraft)
      .when(addTea)
      .then({ type: 'OrderLineAdded', orderId, ...tea, addedAt: now }));
  it('adds to the line of the same SKU', () => {
    const after = stateAfter({ initial: absentOrder, evolve }, drafted, {
      type: 'OrderLineAdded',
      orderId,
      ...tea,
      addedAt: now,
    });
    expect(after).toMatchObject({ stage: 'draft', basket: { lines: [kettles, { ...tea, quantity: 2 }] } });
  });
  it('refuses another price for a SKU', () =>
    given(ordersModel, drafted)
      .when({ ...addTea, unitPriceMinor: 1 })
      .thenRejected({ type: 'LinePriceDiffers', sku: tea.sku, unitPriceMinor: tea.unitPriceMinor }));
  it('refuses a negative quantity even where the sum with the line that is there were fine', () =>
    given(ordersModel, drafted)
      .when({ ...addTea, ...kettles, quantity: -1 })
      .thenRejected({ type: 'LineOutOfBounds', sku: kettles.sku, field: 'quantity', min: 1, max: QUANTITY_MAX }));
  it('refuses one line too many', () =>
    given(ordersModel, { ...drafted, lines: manyLines(ORDER_LINES_MAX) } as typeof drafted)
      .when(addTea)
      .thenRejected({ type: 'TooManyLines', max: ORDER_LINES_MAX }));
});

describe('changing a quantity', () => {
  it('sets the new one', () =>
    given(ordersModel, drafted)
      .when(changeKettles)
      .then({ type: 'OrderLineQuantityChanged', orderId, sku: kettles.sku, quantity: 5, changedAt: now }));
  it('stays quiet when it is that already', () =>
    given(ordersModel, drafted)
      .when({ ...changeKettles, quantity: kettles.quantity })
      .thenNothing());
  it('refuses a SKU that is not in the order', () =>
    given(ordersModel, drafted)
      .when({ ...changeKettles, sku: 'PAN-24' })
      .thenRejected({ type: 'LineNotFound', sku: 'PAN-24' }));
  it('refuses a quantity that cannot be', () =>
    given(ordersModel, drafted)
      .when({ ...changeKettles, quantity: 0 })
      .thenRejected({ type: 'LineOutOfBounds', sku: kettles.sku, field: 'quantity', min: 1, max: QUANTITY_MAX }));
});

describe('removing a line', () => {
  const removed = { type: 'OrderLineRemoved', orderId, sku: kettles.sku, removedAt: now } as const;
  it('takes it out', () => given(ordersModel, drafted).when(removeKettles).then(removed));
  it('stays quiet when it is gone already', () =>
    given(ordersModel, drafted, removed).when(removeKettles).thenNothing());
});

describe.each([addTea, changeKettles, removeKettles])('$type', (command) => {
  it('is refused after submit, for lines do not change then', () =>
    given(ordersModel, submitted).when(command).thenRejected({ type: 'OrderAlreadySubmitted', orderId }));
  it('is refused for a draft that was given up', () =>
    given(ordersModel, drafted, discarded)
      .when(command)
      .thenRejected({ type: 'OrderAlreadyClosed', orderId, status: 'cancelled' }));
  it('is refused for an unknown order', () =>
    given(ordersModel).when(command).thenRejected({ type: 'OrderNotFound', orderId }));
});

describe('submitting an order', () => {
  it('fixes lines and total, and sets the deadline', () => given(ordersModel, drafted).when(submit).then(submitted));
  it('counts the lines as they were last', () => {
    const changed = {
      type: 'OrderLineQuantityChanged',
      orderId,
      sku: tea.sku,
      quantity: 3,
      changedAt: now,
    } as const;
    const removed = { type: 'OrderLineRemoved', orderId, sku: kettles.sku, removedAt: now } as const;
    given(ordersModel, drafted, changed, removed)
      .when(submit)
      .then({ ...submitted, lines: [{ ...tea, quantity: 3 }], totalMinor: 2670 });
  });
  it('stays quiet when it was submitted already', () => given(ordersModel, submitted).when(submit).thenNothing());
  it('stays quiet also when it has moved on', () =>
    given(ordersModel, submitted, heard('stock-reserved')).when(submit).thenNothing());
  it('refuses an order without lines', () =>
    given(ordersModel, { ...drafted, lines: [] } as typeof drafted)
      .when(submit)
      .thenRejected({ type: 'OrderHasNoLines', orderId }));
  it('allows a customer who never registered', () => given(ordersModel, drafted).when(submit).then(submitted));
  it('allows a registered customer', () => given(ordersModel, registered, drafted).when(submit).then(submitted));
  it('refuses a suspended customer', () =>
    given(ordersModel, registered, drafted, suspended)
      .when(submit)
      .thenRejected({ type: 'CustomerSuspended', customerId }));
  it('refuses a draft that was given up', () =>
    given(ordersModel, drafted, discarded)
      .when(submit)
      .thenRejected({ type: 'OrderAlreadyClosed', orderId, status: 'cancelled' }));
  it('refuses an unknown order', () =>
    given(ordersModel).when(submit).thenRejected({ type: 'OrderNotFound', orderId }));
});

describe('the model', () => {
  it('passes customer commands on to the customer', () =>
    given(ordersModel)
      .when({ type: 'RegisterCustomer', customerId, name: 'Ada Byron', email: 'ada@example.org', now })
      .then(registered));
});
