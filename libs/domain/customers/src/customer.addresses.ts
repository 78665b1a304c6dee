import { accept, assert, reject, unreachable, type Instant, type Of } from '@murmuration/kernel';
import { ADDRESSES_MAX } from './customer.bounds';
import type { AddressPurpose, CustomerCommand, CustomerEvent, LabelledAddress } from './customer.messages';
import type { Account, CustomerDecision } from './customer.state';

export type AddressCommand = Of<
  CustomerCommand,
  'AddAddress' | 'ChangeAddress' | 'RemoveAddress' | 'SetDefaultAddress'
>;
export type AddressEvent = Of<
  CustomerEvent,
  'CustomerAddressAdded' | 'CustomerAddressChanged' | 'CustomerAddressRemoved' | 'DefaultAddressSet'
>;

const PURPOSES: readonly AddressPurpose[] = ['shipping', 'billing'];

/** The customer's addresses. As long as there is one, one is the default for shipping and one for billing. */
export const decideAddresses = (command: AddressCommand, account: Account): CustomerDecision => {
  switch (command.type) {
    case 'AddAddress':
      return add(command, account);
    case 'ChangeAddress':
      return change(command, account);
    case 'RemoveAddress':
      return remove(command, account);
    case 'SetDefaultAddress':
      return setDefault(command, account);
    default:
      return unreachable(command);
  }
};

const add = (command: Of<CustomerCommand, 'AddAddress'>, { addresses }: Account): CustomerDecision => {
  const { customerId, addressId, label, address, defaultFor, now } = command;
  const known = find(addresses, addressId);
  if (known !== undefined)
    return isSame(known, command) ? accept() : reject({ type: 'AddressAlreadyExists', addressId });
  if (addresses.length >= ADDRESSES_MAX) return reject({ type: 'TooManyAddresses', max: ADDRESSES_MAX });
  if (isTaken(addresses, command)) return reject({ type: 'AddressLabelTaken', label });
  const purposes = PURPOSES.filter((purpose) => addresses.length === 0 || defaultFor.includes(purpose));
  return accept<CustomerEvent>(
    { type: 'CustomerAddressAdded', customerId, addressId, label, address, addedAt: now },
    ...purposes.map((purpose) => defaultSet(customerId, addressId, purpose, now)),
  );
};

const change = (command: Of<CustomerCommand, 'ChangeAddress'>, { addresses }: Account): CustomerDecision => {
  const { customerId, addressId, label, address, now } = command;
  const known = find(addresses, addressId);
  if (known === undefined) return reject({ type: 'AddressNotFound', addressId });
  if (isSame(known, command)) return accept();
  if (isTaken(addresses, command)) return reject({ type: 'AddressLabelTaken', label });
  return accept({ type: 'CustomerAddressChanged', customerId, addressId, label, address, changedAt: now });
};

const remove = (
  { customerId, addressId, now }: Of<CustomerCommand, 'RemoveAddress'>,
  { addresses, defaultAddresses }: Account,
): CustomerDecision => {
  if (find(addresses, addressId) === undefined) return accept();
  const [heir] = addresses.filter((address) => address.addressId !== addressId);
  const orphaned = PURPOSES.filter((purpose) => defaultAddresses[purpose] === addressId);
  return accept<CustomerEvent>(
    { type: 'CustomerAddressRemoved', customerId, addressId, removedAt: now },
    ...(heir === undefined ? [] : orphaned.map((purpose) => defaultSet(customerId, heir.addressId, purpose, now))),
  );
};

const setDefault = (
  { customerId, addressId, purpose, now }: Of<CustomerCommand, 'SetDefaultAddress'>,
  { addresses, defaultAddresses }: Account,
): CustomerDecision => {
  if (find(addresses, addressId) === undefined) return reject({ type: 'AddressNotFound', addressId });
  if (defaultAddresses[purpose] === addressId) return accept();
  return accept(defaultSet(customerId, addressId, purpose, now));
};

const defaultSet = (customerId: string, addressId: string, purpose: AddressPurpose, now: Instant): CustomerEvent => ({
  ...{ type: 'DefaultAddressSet', customerId, addressId, purpose, setAt: now },
});

const find = (addresses: readonly LabelledAddress[], addressId: string): LabelledAddress | undefined =>
  addresses.find((address) => address.addressId === addressId);

const isSame = (left: LabelledAddress, right: LabelledAddress): boolean =>
  left.label === right.label &&
  (['name', 'street', 'city', 'postalCode', 'country'] as const).every(
    (field) => left.address[field] === right.address[field],
  );

const isTaken = (addresses: readonly LabelledAddress[], { addressId, label }: LabelledAddress): boolean =>
  addresses.some((address) => address.addressId !== addressId && folded(address.label) === folded(label));

/** Two labels that differ in case alone are one label to who reads them. */
const folded = (label: string): string => label.toLowerCase();

export const evolveAddresses = (account: Account, event: AddressEvent): Account => {
  const { addresses, defaultAddresses } = account;
  switch (event.type) {
    case 'CustomerAddressAdded': {
      const { addressId, label, address } = event;
      return { ...account, addresses: [...addresses, { addressId, label, address }] };
    }
    case 'CustomerAddressChanged': {
      const { addressId, label, address } = event;
      const changed = { addressId, label, address };
      return { ...account, addresses: addresses.map((each) => (each.addressId === addressId ? changed : each)) };
    }
    case 'CustomerAddressRemoved': {
      const left = PURPOSES.filter((purpose) => defaultAddresses[purpose] !== event.addressId);
      return {
        ...account,
        addresses: addresses.filter(({ addressId }) => addressId !== event.addressId),
        defaultAddresses: Object.fromEntries(
          left.flatMap((purpose) => {
            const addressId = defaultAddresses[purpose];
            return addressId === undefined ? [] : [[purpose, addressId]];
          }),
        ),
      };
    }
    case 'DefaultAddressSet':
      assert(find(addresses, event.addressId) !== undefined, 'only a known address is a default');
      return { ...account, defaultAddresses: { ...defaultAddresses, [event.purpose]: event.addressId } };
    default:
      return unreachable(event);
  }
};
