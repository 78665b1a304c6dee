import { accept, assert, reject, unreachable, type Decider, type Decision, type Of } from '@murmuration/kernel';
import type { CustomerCommand, CustomerEvent, CustomerRejection } from './customer.messages';

/** One customer. An id may place orders without being registered; only a suspension keeps it from that. */
export type Customer = { readonly kind: 'customer' } & (
  | { readonly status: 'unregistered' }
  | { readonly status: 'active'; readonly name: string; readonly email: string }
  | { readonly status: 'suspended'; readonly name: string; readonly email: string; readonly reason: string }
);

type CustomerDecision = Decision<CustomerEvent, CustomerRejection>;

export const unregisteredCustomer: Customer = { kind: 'customer', status: 'unregistered' };

const register = (
  { customerId, name, email, now }: Of<CustomerCommand, 'RegisterCustomer'>,
  customer: Customer,
): CustomerDecision => {
  if (customer.status === 'unregistered')
    return accept({ type: 'CustomerRegistered', customerId, name, email, registeredAt: now });
  if (customer.name === name && customer.email === email) return accept();
  return reject({ type: 'CustomerAlreadyRegistered', customerId });
};

const suspend = (
  { customerId, reason, now }: Of<CustomerCommand, 'SuspendCustomer'>,
  customer: Customer,
): CustomerDecision => {
  if (customer.status === 'unregistered') return reject({ type: 'CustomerNotFound', customerId });
  if (customer.status === 'suspended') return accept();
  return accept({ type: 'CustomerSuspended', customerId, reason, suspendedAt: now });
};

const reactivate = (
  { customerId, now }: Of<CustomerCommand, 'ReactivateCustomer'>,
  customer: Customer,
): CustomerDecision => {
  if (customer.status === 'unregistered') return reject({ type: 'CustomerNotFound', customerId });
  if (customer.status === 'active') return accept();
  return accept({ type: 'CustomerReactivated', customerId, reactivatedAt: now });
};

const decide = (command: CustomerCommand, customer: Customer): CustomerDecision => {
  switch (command.type) {
    case 'RegisterCustomer':
      return register(command, customer);
    case 'SuspendCustomer':
      return suspend(command, customer);
    case 'ReactivateCustomer':
      return reactivate(command, customer);
    default:
      return unreachable(command);
  }
};

const evolve = (customer: Customer, event: CustomerEvent): Customer => {
  switch (event.type) {
    case 'CustomerRegistered':
      assert(customer.status === 'unregistered', 'a customer is registered once');
      return { kind: 'customer', status: 'active', name: event.name, email: event.email };
    case 'CustomerSuspended':
      assert(customer.status === 'active', 'only an active customer is suspended');
      return { ...customer, status: 'suspended', reason: event.reason };
    case 'CustomerReactivated':
      assert(customer.status === 'suspended', 'only a suspended customer is reactivated');
      return { kind: 'customer', status: 'active', name: customer.name, email: customer.email };
    default:
      return unreachable(event);
  }
};

export const customer: Decider<CustomerCommand, CustomerEvent, Customer, CustomerRejection> = {
  initial: unregisteredCustomer,
  decide,
  evolve,
};
