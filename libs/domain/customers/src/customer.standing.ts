import { accept, assert, isBefore, plusMs, reject, unreachable, type Of } from '@murmuration/kernel';
import { RETURN_WITHIN_MS } from './customer.bounds';
import type { CustomerCommand, CustomerEvent } from './customer.messages';
import { newAccount, type Customer, type CustomerDecision } from './customer.state';

export type StandingCommand = Of<
  CustomerCommand,
  'RegisterCustomer' | 'SuspendCustomer' | 'ReactivateCustomer' | 'DeactivateCustomer'
>;
export type StandingEvent = Of<
  CustomerEvent,
  'CustomerRegistered' | 'CustomerSuspended' | 'CustomerReactivated' | 'CustomerDeactivated'
>;

/** Whether a customer is registered, and may place orders. */
export const decideStanding = (command: StandingCommand, customer: Customer): CustomerDecision => {
  switch (command.type) {
    case 'RegisterCustomer':
      return register(command, customer);
    case 'SuspendCustomer':
      return suspend(command, customer);
    case 'ReactivateCustomer':
      return reactivate(command, customer);
    case 'DeactivateCustomer':
      return deactivate(command, customer);
    default:
      return unreachable(command);
  }
};

const register = (command: Of<CustomerCommand, 'RegisterCustomer'>, customer: Customer): CustomerDecision => {
  const { customerId, name, email, phone, now } = command;
  if (customer.status === 'unregistered')
    return accept({
      ...{ type: 'CustomerRegistered', customerId, name, email, registeredAt: now },
      ...(phone === undefined ? {} : { phone }),
    });
  if (customer.status === 'deactivated') return reject({ type: 'CustomerDeactivated', customerId });
  const { profile, contacts } = customer.account;
  const isSame = profile.name === name && contacts.email.contact === email && contacts.phone?.contact === phone;
  return isSame ? accept() : reject({ type: 'CustomerAlreadyRegistered', customerId });
};

const suspend = (
  { customerId, reason, now }: Of<CustomerCommand, 'SuspendCustomer'>,
  customer: Customer,
): CustomerDecision => {
  switch (customer.status) {
    case 'unregistered':
      return reject({ type: 'CustomerNotFound', customerId });
    case 'deactivated':
      return reject({ type: 'CustomerDeactivated', customerId });
    case 'suspended':
      return accept();
    case 'active':
      return accept({ type: 'CustomerSuspended', customerId, reason, suspendedAt: now });
  }
};

const reactivate = (
  { customerId, by, now }: Of<CustomerCommand, 'ReactivateCustomer'>,
  customer: Customer,
): CustomerDecision => {
  switch (customer.status) {
    case 'unregistered':
      return reject({ type: 'CustomerNotFound', customerId });
    case 'active':
      return accept();
    case 'suspended':
      if (by === 'customer') return reject({ type: 'CustomerSuspended', customerId });
      break;
    case 'deactivated': {
      const { deactivatedAt: since } = customer;
      if (isBefore(plusMs(since, RETURN_WITHIN_MS), now))
        return reject({ type: 'DeactivationIsFinal', customerId, since });
      if (by === 'operator') break;
      if (customer.by === 'operator') return reject({ type: 'DeactivatedByOperator', customerId });
      if (customer.suspendedFor !== undefined) return reject({ type: 'CustomerSuspended', customerId });
    }
  }
  return accept({ type: 'CustomerReactivated', customerId, reactivatedAt: now });
};

const deactivate = (
  { customerId, by, reason, now }: Of<CustomerCommand, 'DeactivateCustomer'>,
  customer: Customer,
): CustomerDecision => {
  if (customer.status === 'unregistered') return reject({ type: 'CustomerNotFound', customerId });
  // An operator's word outweighs the customer's, who could come back otherwise.
  if (customer.status === 'deactivated' && (by === 'customer' || customer.by === 'operator')) return accept();
  return accept({
    ...{ type: 'CustomerDeactivated', customerId, by, deactivatedAt: now },
    ...(reason === undefined ? {} : { reason }),
  });
};

export const evolveStanding = (customer: Customer, event: StandingEvent): Customer => {
  if (event.type === 'CustomerRegistered') {
    assert(customer.status === 'unregistered', 'a customer is registered once');
    return { kind: 'customer', status: 'active', account: newAccount(event) };
  }
  assert(customer.status !== 'unregistered', 'a customer is registered first');
  const { account } = customer;
  switch (event.type) {
    case 'CustomerSuspended':
      assert(customer.status === 'active', 'only an active customer is suspended');
      return { kind: 'customer', status: 'suspended', account, reason: event.reason };
    case 'CustomerReactivated':
      assert(customer.status !== 'active', 'only who is not active is reactivated');
      return { kind: 'customer', status: 'active', account };
    case 'CustomerDeactivated':
      return deactivated(customer, event);
    default:
      return unreachable(event);
  }
};

const deactivated = (
  customer: Exclude<Customer, { readonly status: 'unregistered' }>,
  { by, reason, deactivatedAt }: Of<CustomerEvent, 'CustomerDeactivated'>,
): Customer => {
  const why = reason === undefined ? {} : { reason };
  // The time to come back runs from the first word of it.
  if (customer.status === 'deactivated') return { ...customer, by, ...why };
  const suspension = customer.status === 'suspended' ? { suspendedFor: customer.reason } : {};
  const { account } = customer;
  return { kind: 'customer', status: 'deactivated', account, by, ...why, deactivatedAt, ...suspension };
};
