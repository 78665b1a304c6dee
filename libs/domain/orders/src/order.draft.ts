import { refusedToOrder, type Customer } from '@murmuration/domain-customers';
import { accept, plusMs, reject, type Decision, type Instant, type Of } from '@murmuration/kernel';
import { mergeLines, totalOf } from './order.lines';
import type { Basket, OrderCommand, OrderEvent, OrderRejection } from './order.messages';
import { standingOf, type Order } from './order.state';

type OrderDecision = Decision<OrderEvent, OrderRejection>;

export const create = (command: Of<OrderCommand, 'CreateOrder'>, order: Order): OrderDecision => {
  const { orderId, customerId, currency, paymentToken, shipTo, now } = command;
  if (order.stage !== 'absent') return reject({ type: 'OrderAlreadyExists', orderId });
  const { accepted: lines, rejected } = mergeLines(command.lines);
  if (rejected) return reject(rejected);
  return accept({
    type: 'OrderDrafted',
    orderId,
    customerId,
    currency,
    paymentToken,
    shipTo,
    lines,
    draftedAt: now,
  });
};

export const place = (
  command: Of<OrderCommand, 'PlaceOrder'>,
  order: Order,
  customerOf: (customerId: string) => Customer,
): OrderDecision => {
  if (order.stage !== 'absent') return reject({ type: 'OrderAlreadyExists', orderId: command.orderId });
  const { customerId, currency, paymentToken, shipTo } = command;
  const { accepted: lines, rejected } = mergeLines(command.lines);
  if (rejected) return reject(rejected);
  return submitted(command, { customerId, currency, paymentToken, shipTo, lines }, customerOf);
};

export const submit = (
  command: Of<OrderCommand, 'SubmitOrder'>,
  order: Order,
  customerOf: (customerId: string) => Customer,
): OrderDecision => {
  const { orderId } = command;
  if (order.stage === 'absent') return reject({ type: 'OrderNotFound', orderId });
  if (order.stage === 'placed') return accept();
  if (order.stage === 'discarded') return reject({ type: 'OrderAlreadyClosed', orderId, status: 'cancelled' });
  return submitted(command, order.basket, customerOf);
};

const submitted = (
  { orderId, deadlineMs, now }: { readonly orderId: string; readonly deadlineMs: number; readonly now: Instant },
  basket: Basket,
  customerOf: (customerId: string) => Customer,
): OrderDecision => {
  const { customerId, lines } = basket;
  if (lines.length === 0) return reject({ type: 'OrderHasNoLines', orderId });
  const refusal = refusedToOrder(customerOf(customerId), customerId);
  if (refusal !== undefined) return reject(refusal);
  return accept({
    type: 'OrderSubmitted',
    orderId,
    ...basket,
    totalMinor: totalOf(lines),
    submittedAt: now,
    deadlineAt: plusMs(now, deadlineMs),
  });
};

export const changeLines = (
  command: Of<OrderCommand, 'AddOrderLine' | 'ChangeLineQuantity' | 'RemoveOrderLine'>,
  order: Order,
): OrderDecision => {
  const { orderId } = command;
  switch (order.stage) {
    case 'absent':
      return reject({ type: 'OrderNotFound', orderId });
    case 'discarded':
      return reject({ type: 'OrderAlreadyClosed', orderId, status: standingOf(order).status });
    case 'placed':
      return reject({ type: 'OrderAlreadySubmitted', orderId });
    case 'draft':
      if (command.type === 'AddOrderLine') return addLine(command, order.basket);
      return command.type === 'ChangeLineQuantity'
        ? changeQuantity(command, order.basket)
        : removeLine(command, order.basket);
  }
};

const addLine = (
  { orderId, sku, quantity, unitPriceMinor, now }: Of<OrderCommand, 'AddOrderLine'>,
  { lines }: Basket,
): OrderDecision => {
  const added = { sku, quantity, unitPriceMinor };
  // The line by itself first: a quantity below one must not hide in the sum with the line that is there.
  const { rejected } = [mergeLines([added]), mergeLines([...lines, added])].find((merged) => merged.rejected) ?? {};
  if (rejected) return reject(rejected);
  return accept({ type: 'OrderLineAdded', orderId, ...added, addedAt: now });
};

const changeQuantity = (
  { orderId, sku, quantity, now }: Of<OrderCommand, 'ChangeLineQuantity'>,
  { lines }: Basket,
): OrderDecision => {
  const line = lines.find((candidate) => candidate.sku === sku);
  if (line === undefined) return reject({ type: 'LineNotFound', sku });
  if (line.quantity === quantity) return accept();
  const { rejected } = mergeLines(lines.map((candidate) => (candidate === line ? { ...line, quantity } : candidate)));
  if (rejected) return reject(rejected);
  return accept({ type: 'OrderLineQuantityChanged', orderId, sku, quantity, changedAt: now });
};

const removeLine = ({ orderId, sku, now }: Of<OrderCommand, 'RemoveOrderLine'>, { lines }: Basket): OrderDecision =>
  lines.some((line) => line.sku === sku)
    ? accept({ type: 'OrderLineRemoved', orderId, sku, removedAt: now })
    : accept();
