import {
  customer,
  customerStream,
  unregisteredCustomer,
  type Customer,
  type CustomerCommand,
  type CustomerEvent,
  type CustomerRejection,
} from '@murmuration/domain-customers';
import { assert, type DecisionModel } from '@murmuration/kernel';
import { decideOrder } from './order';
import { orderStream, type OrderCommand, type OrderEvent, type OrderRejection } from './order.messages';
import { absentOrder, evolve, type Order } from './order.state';

export type OrdersCommand = OrderCommand | CustomerCommand;
export type OrdersEvent = OrderEvent | CustomerEvent;
export type OrdersRejection = OrderRejection | CustomerRejection;
export type OrdersState = Order | Customer;

type StateOf = (streamId: string) => OrdersState;

const orderIn = (stateOf: StateOf, orderId: string): Order => {
  const state = stateOf(orderStream(orderId));
  assert(state.kind === 'order', `an order in ${orderStream(orderId)}`);
  return state;
};

const customerIn = (stateOf: StateOf, customerId: string): Customer => {
  const state = stateOf(customerStream(customerId));
  assert(state.kind === 'customer', `a customer in ${customerStream(customerId)}`);
  return state;
};

const isOrderEvent = (event: OrdersEvent): event is OrderEvent => 'orderId' in event;

/** All rules of the orders service, over its orders and customers. */
export const ordersModel: DecisionModel<OrdersCommand, OrdersEvent, OrdersState, OrdersRejection> = {
  streamsOf: (command, known) => {
    if (!('orderId' in command)) return [customerStream(command.customerId)];
    const stream = orderStream(command.orderId);
    if (command.type === 'PlaceOrder') return [stream, customerStream(command.customerId)];
    if (command.type !== 'SubmitOrder') return [stream];
    // Whose order it is stands in its own stream.
    const order = known(stream);
    const isDraft = order?.kind === 'order' && order.stage === 'draft';
    return isDraft ? [stream, customerStream(order.basket.customerId)] : [stream];
  },
  streamOf: (event) => (isOrderEvent(event) ? orderStream(event.orderId) : customerStream(event.customerId)),
  initial: (streamId) => (streamId.startsWith(customerStream('')) ? unregisteredCustomer : absentOrder),
  evolve: (state, event) => {
    if (isOrderEvent(event)) {
      assert(state.kind === 'order', 'order events are stored in the stream of an order');
      return evolve(state, event);
    }
    assert(state.kind === 'customer', 'customer events are stored in the stream of a customer');
    return customer.evolve(state, event);
  },
  decide: (command, stateOf) =>
    'orderId' in command
      ? decideOrder(command, orderIn(stateOf, command.orderId), (customerId) => customerIn(stateOf, customerId))
      : customer.decide(command, customerIn(stateOf, command.customerId)),
};
