import { given, stateAfter } from '@murmuration/testing';
import { customer } from './customer';
import { ADDRESSES_MAX } from './customer.bounds';
import { about, address, customerId, now, registered } from './customer.fixture';
import type { AddressPurpose, CustomerEvent } from './customer.messages';

const home = { addressId: 'a-home', label: 'home', address };
const work = { addressId: 'a-work', label: 'work', address: { ...address, street: 'Ring 1' } };

const add = { type: 'AddAddress', ...about, ...home, defaultFor: [] } as const;
const added = (which: typeof home): CustomerEvent => ({
  ...{ type: 'CustomerAddressAdded', customerId, ...which, addedAt: now },
});
const removed = (addressId: string): CustomerEvent => ({
  ...{ type: 'CustomerAddressRemoved', customerId, addressId, removedAt: now },
});
const isDefault = (addressId: string, purpose: AddressPurpose): CustomerEvent => ({
  ...{ type: 'DefaultAddressSet', customerId, addressId, purpose, setAt: now },
});
const withHome = [registered, added(home), isDefault('a-home', 'shipping'), isDefault('a-home', 'billing')] as const;
const withBoth = [...withHome, added(work)] as const;

describe('adding an address', () => {
  it('makes the first one the default for everything', () =>
    given(customer, registered)
      .when(add)
      .then(added(home), isDefault('a-home', 'shipping'), isDefault('a-home', 'billing')));
  it('leaves the defaults as they are, unless told otherwise', () => {
    const second = { ...add, ...work };
    given(customer, ...withHome)
      .when(second)
      .then(added(work));
    given(customer, ...withHome)
      .when({ ...second, defaultFor: ['billing', 'billing'] })
      .then(added(work), isDefault('a-work', 'billing'));
  });
  it('stays quiet when it is there already', () =>
    given(customer, ...withHome)
      .when(add)
      .thenNothing());
  it('refuses an id that stands for another address', () =>
    given(customer, ...withHome)
      .when({ ...add, address: work.address })
      .thenRejected({ type: 'AddressAlreadyExists', addressId: 'a-home' }));
  it('refuses a label that is taken, in whatever case', () =>
    given(customer, ...withHome)
      .when({ ...add, ...work, label: 'HOME' })
      .thenRejected({ type: 'AddressLabelTaken', label: 'HOME' }));
  it('refuses more than anybody needs', () => {
    const many = Array.from({ length: ADDRESSES_MAX }, (_, index) =>
      added({ ...home, addressId: `a-${index}`, label: `${index}` }),
    );
    given(customer, registered, ...many)
      .when(add)
      .thenRejected({ type: 'TooManyAddresses', max: ADDRESSES_MAX });
  });
});

describe('changing an address', () => {
  const change = { type: 'ChangeAddress', ...about, ...home } as const;

  it('keeps it where it stands, with its defaults', () => {
    const moved = { ...home, label: 'Home', address: work.address };
    const changed: CustomerEvent = { type: 'CustomerAddressChanged', customerId, ...moved, changedAt: now };
    given(customer, ...withBoth)
      .when({ ...change, ...moved })
      .then(changed);
    expect(stateAfter(customer, ...withBoth, changed)).toMatchObject({
      account: { addresses: [moved, work], defaultAddresses: { shipping: 'a-home', billing: 'a-home' } },
    });
  });
  it('stays quiet when it is so already', () =>
    given(customer, ...withHome)
      .when(change)
      .thenNothing());
  it('refuses the label of another', () =>
    given(customer, ...withBoth)
      .when({ ...change, label: 'Work' })
      .thenRejected({ type: 'AddressLabelTaken', label: 'Work' }));
  it('refuses one that is not there', () =>
    given(customer, registered).when(change).thenRejected({ type: 'AddressNotFound', addressId: 'a-home' }));
});

describe('removing an address', () => {
  const remove = { type: 'RemoveAddress', ...about, addressId: 'a-home' } as const;

  it('leaves the defaults to the oldest one left', () =>
    given(customer, ...withBoth)
      .when(remove)
      .then(removed('a-home'), isDefault('a-work', 'shipping'), isDefault('a-work', 'billing')));
  it('changes no default that was another', () =>
    given(customer, ...withBoth)
      .when({ ...remove, addressId: 'a-work' })
      .then(removed('a-work')));
  it('leaves no default when it was the last', () => {
    given(customer, ...withHome)
      .when(remove)
      .then(removed('a-home'));
    expect(stateAfter(customer, ...withHome, removed('a-home'))).toEqual(stateAfter(customer, registered));
  });
  it('stays quiet when it is not there', () => given(customer, registered).when(remove).thenNothing());
});

describe('choosing a default address', () => {
  const choose = { type: 'SetDefaultAddress', ...about, addressId: 'a-work', purpose: 'billing' } as const;

  it('is a matter of each purpose by itself', () => {
    given(customer, ...withBoth)
      .when(choose)
      .then(isDefault('a-work', 'billing'));
    expect(stateAfter(customer, ...withBoth, isDefault('a-work', 'billing'))).toMatchObject({
      account: { defaultAddresses: { shipping: 'a-home', billing: 'a-work' } },
    });
  });
  it('stays quiet when it is so already', () =>
    given(customer, ...withBoth)
      .when({ ...choose, addressId: 'a-home' })
      .thenNothing());
  it('refuses one that is not there', () =>
    given(customer, ...withHome)
      .when(choose)
      .thenRejected({ type: 'AddressNotFound', addressId: 'a-work' }));
});
