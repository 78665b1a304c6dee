import type { Customer } from '@murmuration/domain-customers';
import { unreachable, type Decision } from '@murmuration/kernel';
import { forceCancellation, resolveOrder, retryOrder } from './order.attention';
import { changeLines, create, place, submit } from './order.draft';
import type { OrderCommand, OrderEvent, OrderRejection } from './order.messages';
import { enforceDeadline, recordFact, requestCancellation } from './order.saga';
import type { Order } from './order.state';

/** The rules of one order. Submitting also looks at the customer, whose stream is checked and never written. */
export const decideOrder = (
  command: OrderCommand,
  order: Order,
  customerOf: (customerId: string) => Customer,
): Decision<OrderEvent, OrderRejection> => {
  switch (command.type) {
    case 'CreateOrder':
      return create(command, order);
    case 'PlaceOrder':
      return place(command, order, customerOf);
    case 'SubmitOrder':
      return submit(command, order, customerOf);
    case 'AddOrderLine':
    case 'ChangeLineQuantity':
    case 'RemoveOrderLine':
      return changeLines(command, order);
    case 'RequestCancellation':
      return requestCancellation(command, order);
    case 'RecordFact':
      return recordFact(command, order);
    case 'EnforceDeadline':
      return enforceDeadline(command, order);
    case 'RetryOrder':
      return retryOrder(command, order);
    case 'ForceCancellation':
      return forceCancellation(command, order);
    case 'ResolveOrder':
      return resolveOrder(command, order);
    default:
      return unreachable(command);
  }
};
