import { given, stateAfter } from '@murmuration/testing';
import { customer } from './customer';
import { about, after, customerId, now, registered, suspended } from './customer.fixture';
import type { CustomerEvent } from './customer.messages';

const updated = (profile: { readonly name: string; readonly company?: string }): CustomerEvent => ({
  ...{ type: 'CustomerProfileUpdated', customerId, ...profile, updatedAt: now },
});
const update = { type: 'UpdateProfile', ...about } as const;
const atCompany = updated({ name: 'Ada Byron', company: 'Analytical Engines' });

describe('updating the profile', () => {
  it('changes the name and leaves the company', () =>
    given(customer, registered, atCompany)
      .when({ ...update, name: 'Ada Lovelace' })
      .then(updated({ name: 'Ada Lovelace', company: 'Analytical Engines' })));
  it('adds a company and leaves the name', () =>
    given(customer, registered)
      .when({ ...update, company: 'Analytical Engines' })
      .then(atCompany));
  it('takes the company away when it is null', () => {
    given(customer, registered, atCompany)
      .when({ ...update, company: null })
      .then(updated({ name: 'Ada Byron' }));
    expect(stateAfter(customer, registered, atCompany, updated({ name: 'Ada Byron' }))).toEqual(
      stateAfter(customer, registered),
    );
  });
  it.each([{}, { name: 'Ada Byron' }, { company: 'Analytical Engines' }])('stays quiet when %o is so already', (wish) =>
    given(customer, registered, atCompany)
      .when({ ...update, ...wish })
      .thenNothing(),
  );
  it('stays quiet when there is no company to take away', () =>
    given(customer, registered)
      .when({ ...update, company: null })
      .thenNothing());
  it('is for suspended customers too', () =>
    given(customer, registered, suspended)
      .when({ ...update, company: 'Analytical Engines' })
      .then(atCompany));
  it('refuses an id that was never registered', () =>
    given(customer)
      .when({ ...update, name: 'Ada' })
      .thenRejected({ type: 'CustomerNotFound', customerId }));
});

describe('changing preferences', () => {
  const change = { type: 'ChangePreferences', ...about } as const;
  const german: CustomerEvent = { type: 'CustomerPreferencesChanged', customerId, language: 'de', changedAt: now };

  it('keeps what is not spoken of', () => {
    given(customer, registered)
      .when({ ...change, language: 'de' })
      .then(german);
    given(customer, registered, german)
      .when({ ...change, currency: 'EUR' })
      .then({ ...german, currency: 'EUR' });
  });
  it('stays quiet when they are so already', () =>
    given(customer, registered, german)
      .when({ ...change, language: 'de' })
      .thenNothing());
});

describe('the consent to marketing', () => {
  const set = { type: 'SetMarketingConsent', ...about, channel: 'email', granted: true } as const;
  const consented: CustomerEvent = { type: 'MarketingConsentGiven', customerId, channel: 'email', givenAt: now };
  const withdrawn: CustomerEvent = {
    type: 'MarketingConsentWithdrawn',
    customerId,
    channel: 'email',
    withdrawnAt: now,
  };

  it('is given and withdrawn for each channel, with the instant', () => {
    given(customer, registered).when(set).then(consented);
    given(customer, registered, consented)
      .when({ ...set, granted: false })
      .then(withdrawn);
    expect(stateAfter(customer, registered, consented)).toMatchObject({
      account: { consents: { email: { granted: true, at: now } } },
    });
  });
  it('stays quiet when it was given already, and keeps the first instant', () =>
    given(customer, registered, consented)
      .when({ ...set, now: after(1) })
      .thenNothing());
  it('stays quiet when there is none to withdraw', () =>
    given(customer, registered)
      .when({ ...set, granted: false })
      .thenNothing());
  it('is a matter of each channel by itself', () =>
    given(customer, registered, consented)
      .when({ ...set, channel: 'post' })
      .then({ ...consented, channel: 'post' }));
});
