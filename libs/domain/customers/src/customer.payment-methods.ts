import { accept, assert, reject, unreachable, type Instant, type Of } from '@murmuration/kernel';
import { PAYMENT_METHODS_MAX } from './customer.bounds';
import type { CustomerCommand, CustomerEvent, PaymentMethod } from './customer.messages';
import type { Account, CustomerDecision } from './customer.state';

export type PaymentMethodCommand = Of<
  CustomerCommand,
  'AddPaymentMethod' | 'RemovePaymentMethod' | 'SetDefaultPaymentMethod'
>;
export type PaymentMethodEvent = Of<
  CustomerEvent,
  'PaymentMethodAdded' | 'PaymentMethodRemoved' | 'DefaultPaymentMethodSet'
>;

/** What the customer pays with. The first one is the default, and the next that still holds takes the place of one that is removed. */
export const decidePaymentMethods = (command: PaymentMethodCommand, account: Account): CustomerDecision => {
  switch (command.type) {
    case 'AddPaymentMethod':
      return add(command, account);
    case 'RemovePaymentMethod':
      return remove(command, account);
    case 'SetDefaultPaymentMethod':
      return setDefault(command, account);
    default:
      return unreachable(command);
  }
};

const add = (
  command: Of<CustomerCommand, 'AddPaymentMethod'>,
  { paymentMethods, defaultPaymentMethod }: Account,
): CustomerDecision => {
  const { type: _, customerId, isDefault, now, ...method } = command;
  const { paymentMethodId, token } = method;
  const known = paymentMethods.find((each) => each.paymentMethodId === paymentMethodId || each.token === token);
  if (known !== undefined)
    return isSame(known, method)
      ? accept()
      : reject({ type: 'PaymentMethodAlreadyExists', paymentMethodId: known.paymentMethodId });
  const expired = expiredAt(method, now);
  if (expired !== undefined) return reject({ type: 'PaymentMethodExpired', expiry: expired });
  if (paymentMethods.length >= PAYMENT_METHODS_MAX)
    return reject({ type: 'TooManyPaymentMethods', max: PAYMENT_METHODS_MAX });
  const added: CustomerEvent = { type: 'PaymentMethodAdded', customerId, ...method, addedAt: now };
  return isDefault || defaultPaymentMethod === undefined
    ? accept(added, defaultSet(customerId, paymentMethodId, now))
    : accept(added);
};

const remove = (
  { customerId, paymentMethodId, now }: Of<CustomerCommand, 'RemovePaymentMethod'>,
  { paymentMethods, defaultPaymentMethod }: Account,
): CustomerDecision => {
  if (find(paymentMethods, paymentMethodId) === undefined) return accept();
  const removed: CustomerEvent = { type: 'PaymentMethodRemoved', customerId, paymentMethodId, removedAt: now };
  const heir = paymentMethods.find(
    (method) => method.paymentMethodId !== paymentMethodId && expiredAt(method, now) === undefined,
  );
  return defaultPaymentMethod === paymentMethodId && heir !== undefined
    ? accept(removed, defaultSet(customerId, heir.paymentMethodId, now))
    : accept(removed);
};

const setDefault = (
  { customerId, paymentMethodId, now }: Of<CustomerCommand, 'SetDefaultPaymentMethod'>,
  { paymentMethods, defaultPaymentMethod }: Account,
): CustomerDecision => {
  const method = find(paymentMethods, paymentMethodId);
  if (method === undefined) return reject({ type: 'PaymentMethodNotFound', paymentMethodId });
  if (defaultPaymentMethod === paymentMethodId) return accept();
  const expired = expiredAt(method, now);
  if (expired !== undefined) return reject({ type: 'PaymentMethodExpired', expiry: expired });
  return accept(defaultSet(customerId, paymentMethodId, now));
};

const defaultSet = (customerId: string, paymentMethodId: string, now: Instant): CustomerEvent => ({
  ...{ type: 'DefaultPaymentMethodSet', customerId, paymentMethodId, setAt: now },
});

const find = (methods: readonly PaymentMethod[], paymentMethodId: string): PaymentMethod | undefined =>
  methods.find((method) => method.paymentMethodId === paymentMethodId);

const isSame = (left: PaymentMethod, right: PaymentMethod): boolean =>
  (['paymentMethodId', 'token', 'brand', 'last4', 'expiry'] as const).every((field) => left[field] === right[field]);

const MONTH_CHARS = '2028-04'.length;

/** A card holds until its last month is over. */
export const expiredAt = ({ expiry }: PaymentMethod, now: Instant): string | undefined =>
  expiry !== undefined && expiry < now.slice(0, MONTH_CHARS) ? expiry : undefined;

export const evolvePaymentMethods = (account: Account, event: PaymentMethodEvent): Account => {
  switch (event.type) {
    case 'PaymentMethodAdded': {
      const { type: _, customerId: __, addedAt: ___, ...method } = event;
      return { ...account, paymentMethods: [...account.paymentMethods, method] };
    }
    case 'PaymentMethodRemoved': {
      const { defaultPaymentMethod, ...rest } = account;
      const isDefault = defaultPaymentMethod === event.paymentMethodId;
      return {
        ...rest,
        paymentMethods: rest.paymentMethods.filter(({ paymentMethodId }) => paymentMethodId !== event.paymentMethodId),
        ...(isDefault || defaultPaymentMethod === undefined ? {} : { defaultPaymentMethod }),
      };
    }
    case 'DefaultPaymentMethodSet':
      assert(find(account.paymentMethods, event.paymentMethodId) !== undefined, 'only a known method is the default');
      return { ...account, defaultPaymentMethod: event.paymentMethodId };
    default:
      return unreachable(event);
  }
};
