import { LOYALTY_MINOR_PER_POINT } from '@murmuration/domain-customers';
import type { OrdersCommand, OrdersEvent } from '@murmuration/domain-orders';
import type { Message } from '@murmuration/kernel';
import type { World } from '../world/world';
import type { Find } from './findings';
import type { WishRules } from './wishes-watch';

/** What customers do to their accounts, and operators. */
export const CUSTOMER_WISHES: WishRules = {
  service: 'orders',
  invariant: 'rules',
  wished: (asked) => {
    const command = asked as OrdersCommand; // because orders is asked
    if ('orderId' in command) return undefined;
    const { customerId: subject } = command;
    const mayBeDoneAlready = true;
    switch (command.type) {
      case 'RegisterCustomer':
        return { subject, what: 'registering' };
      case 'SuspendCustomer':
        return { subject, what: 'suspending', mayBeDoneAlready };
      case 'ReactivateCustomer':
        return { subject, what: 'reactivating', mayBeDoneAlready };
      case 'DeactivateCustomer':
        return { subject, what: `deactivating by ${command.by}`, mayBeDoneAlready };
      case 'AddAddress':
        return { subject, what: `adding ${command.addressId}`, mayBeDoneAlready };
      case 'RemoveAddress':
        return { subject, what: `removing ${command.addressId}`, mayBeDoneAlready };
      case 'ChangeEmail':
        return { subject, what: `being ${command.email}`, mayBeDoneAlready };
      case 'RequestVerification':
        return { subject, what: `proving by ${command.verificationId}`, mayBeDoneAlready };
      case 'ConfirmVerification':
        return { subject, what: command.codeHash === 'a guess' ? 'guessing' : 'confirming', mayBeDoneAlready };
      default:
        return undefined;
    }
  },
  done: (stored) => {
    const event = stored as OrdersEvent; // because orders stored it
    if ('orderId' in event) return undefined;
    const { customerId: subject } = event;
    switch (event.type) {
      case 'CustomerRegistered':
        return { subject, what: 'registering' };
      case 'CustomerSuspended':
        return { subject, what: 'suspending' };
      case 'CustomerReactivated':
        return { subject, what: 'reactivating' };
      case 'CustomerDeactivated':
        return { subject, what: `deactivating by ${event.by}` };
      case 'CustomerAddressAdded':
        return { subject, what: `adding ${event.addressId}` };
      case 'CustomerAddressRemoved':
        return { subject, what: `removing ${event.addressId}` };
      case 'CustomerEmailChanged':
        return { subject, what: `being ${event.email}` };
      case 'ContactVerificationRequested':
        return { subject, what: `proving by ${event.verificationId}` };
      case 'ContactVerificationFailed':
        return { subject, what: 'guessing' };
      case 'ContactVerified':
        return { subject, what: 'confirming' };
      default:
        return undefined;
    }
  },
};

/** How a registered customer stands, by what was stored of them. */
export type StandingOfCustomer = {
  status: 'active' | 'suspended' | 'deactivated';
  emailVerified: boolean;
  tier: string;
  /** Whether they were ever kept from ordering. */
  wasBarred: boolean;
};

export type CustomersWatch = {
  /** An event of orders. */
  readonly stored: (event: Message) => void;
  readonly judge: () => void;
  readonly standings: () => ReadonlyMap<string, StandingOfCustomer>;
};

const BARRED = new Set(['CustomerSuspended', 'CustomerDeactivated']);

/**
 * Watches that nobody orders who is suspended or gone, that nobody else is refused for that, and that whatever is delivered to a
 * customer who is there earns its points, once.
 */
export const watchCustomers = ({ gateway, tally }: World, find: Find): CustomersWatch => {
  const customers = new Map<string, StandingOfCustomer>();
  const orders = new Map<string, { readonly customerId: string; readonly totalMinor: number }>();
  /** Points that are due and not stored yet, by order. */
  const due = new Map<string, number>();
  const earned = new Set<string>();
  const refused: string[] = [];

  const change = (customerId: string, changed: Partial<StandingOfCustomer>): void => {
    const known = customers.get(customerId) ?? {
      status: 'active',
      emailVerified: false,
      tier: 'bronze',
      wasBarred: false,
    };
    customers.set(customerId, { ...known, ...changed });
  };

  const deliver = (orderId: string): void => {
    const order = orders.get(orderId);
    const status = customers.get(order?.customerId ?? '')?.status;
    const points = Math.floor((order?.totalMinor ?? 0) / LOYALTY_MINOR_PER_POINT);
    if (status !== undefined && status !== 'deactivated' && points > 0) due.set(orderId, points);
  };

  const earn = (customerId: string, orderId: string, points: number): void => {
    if (earned.has(orderId)) find('rules', customerId, `earns points for ${orderId} once more`);
    else if (due.get(orderId) !== points || orders.get(orderId)?.customerId !== customerId)
      find('rules', customerId, `earns ${points} points for ${orderId} instead of ${due.get(orderId) ?? 'none'}`);
    earned.add(orderId);
    due.delete(orderId);
  };

  gateway.onAsked((_service, asked, _addressed, answer) => {
    const command = asked as OrdersCommand; // because only orders is asked for any
    const isWhole = command.type === 'PlaceOrder';
    if (!isWhole && command.type !== 'SubmitOrder') return;
    void answer.then((given) => {
      if (given === 'no-answer' || given.outcome !== 'rejected' || !BARRED.has(given.rejection.type)) return;
      const { customerId } = given.rejection as { readonly customerId?: string }; // because such a refusal names whom it is about
      tally.add(`${isWhole ? 'order' : 'draft'} refused: ${given.rejection.type}`);
      refused.push(customerId ?? 'nobody');
    });
  });

  return {
    standings: () => customers,
    stored: (stored) => {
      const event = stored as OrdersEvent; // because orders stored it
      switch (event.type) {
        case 'CustomerRegistered':
          return change(event.customerId, {});
        case 'CustomerSuspended':
          return change(event.customerId, { status: 'suspended', wasBarred: true });
        case 'CustomerDeactivated':
          return change(event.customerId, { status: 'deactivated', wasBarred: true });
        case 'CustomerReactivated':
          return change(event.customerId, { status: 'active' });
        case 'ContactVerified':
          return change(event.customerId, { emailVerified: true });
        case 'CustomerEmailChanged':
          return change(event.customerId, { emailVerified: false });
        case 'CustomerTierChanged':
          return change(event.customerId, { tier: event.to });
        case 'LoyaltyPointsEarned':
          return earn(event.customerId, event.reference, event.points);
        case 'OrderDelivered':
          return deliver(event.orderId);
        case 'OrderSubmitted': {
          const { orderId, customerId, totalMinor } = event;
          const status = customers.get(customerId)?.status ?? 'active';
          if (status !== 'active') find('rules', orderId, `is submitted although its customer is ${status}`);
          orders.set(orderId, { customerId, totalMinor });
          return;
        }
        default:
      }
    },
    judge: () => {
      for (const [orderId, points] of due)
        find('rules', orderId, `was delivered and never earned its ${points} points`);
      for (const customerId of refused)
        if (customers.get(customerId)?.wasBarred !== true)
          find('rules', customerId, 'may not order, and nobody has ever kept them from it');
    },
  };
};
