import {
  customer,
  customerStream,
  unregisteredCustomer,
  type Customer,
  type CustomerCommand,
  type CustomerEvent,
  type CustomerRejection,
} from '@murmuration/domain-customers';
import { accept, assert, reject, type Decision, type DecisionModel } from '@murmuration/kernel';
import { orderFor, type CheckOut } from './checkout';
import { customerToReward, rewardFor } from './loyalty';
import { decideOrder } from './order';
import { orderStream, type OrderCommand, type OrderEvent, type OrderRejection } from './order.messages';
import { absentOrder, evolve, type Order } from './order.state';

export type OrdersCommand = OrderCommand | CheckOut | CustomerCommand;
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

/** The customer whose word a draft needs to be submitted, or whom a delivery rewards. */
const customerConcerned = (command: OrderCommand, order: Order): string | undefined =>
  command.type === 'SubmitOrder' && order.stage === 'draft'
    ? order.basket.customerId
    : customerToReward(command, order);

const decideWithReward = (command: OrderCommand, stateOf: StateOf): Decision<OrdersEvent, OrdersRejection> => {
  const order = orderIn(stateOf, command.orderId);
  const customerOf = (customerId: string): Customer => customerIn(stateOf, customerId);
  const { accepted, rejected } = decideOrder(command, order, customerOf);
  if (rejected !== undefined) return reject(rejected);
  return accept<OrdersEvent>(...accepted, ...rewardFor(command, order, accepted, customerOf));
};

const checkOut = (command: CheckOut, stateOf: StateOf): Decision<OrdersEvent, OrdersRejection> => {
  const checkout = orderFor(command, customerIn(stateOf, command.customerId));
  return checkout.order === undefined ? reject(checkout.rejected) : decideWithReward(checkout.order, stateOf);
};

/** All rules of the orders service, over its orders and customers. */
export const ordersModel: DecisionModel<OrdersCommand, OrdersEvent, OrdersState, OrdersRejection> = {
  streamsOf: (command, known) => {
    if (!('orderId' in command)) return [customerStream(command.customerId)];
    const stream = orderStream(command.orderId);
    if (command.type === 'PlaceOrder' || command.type === 'CheckOut')
      return [stream, customerStream(command.customerId)];
    // Whose order it is stands in its own stream.
    const order = known(stream);
    const customerId = order?.kind === 'order' ? customerConcerned(command, order) : undefined;
    return customerId === undefined ? [stream] : [stream, customerStream(customerId)];
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
  decide: (command, stateOf) => {
    if (!('orderId' in command)) return customer.decide(command, customerIn(stateOf, command.customerId));
    return command.type === 'CheckOut' ? checkOut(command, stateOf) : decideWithReward(command, stateOf);
  },
};
