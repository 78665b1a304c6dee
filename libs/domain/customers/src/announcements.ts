import {
  customerReactivated,
  customerRegistered,
  customerSuspended,
  say,
  type IntegrationEvent,
} from '@murmuration/contracts';
import { unreachable } from '@murmuration/kernel';
import type { CustomerEvent } from './customer.messages';

/** What the others are told of a customer: never a name or an address. */
export const announceCustomer = (event: CustomerEvent): IntegrationEvent => {
  const { customerId } = event;
  switch (event.type) {
    case 'CustomerRegistered':
      return say(customerRegistered, { customerId, registeredAt: event.registeredAt });
    case 'CustomerSuspended':
      return say(customerSuspended, { customerId, reason: event.reason, suspendedAt: event.suspendedAt });
    case 'CustomerReactivated':
      return say(customerReactivated, { customerId, reactivatedAt: event.reactivatedAt });
    default:
      return unreachable(event);
  }
};
