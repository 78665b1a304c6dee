import { accept, unreachable, type Of } from '@murmuration/kernel';
import type { CustomerCommand, CustomerEvent } from './customer.messages';
import type { Account, CustomerDecision } from './customer.state';

export type ProfileCommand = Of<CustomerCommand, 'UpdateProfile' | 'ChangePreferences' | 'SetMarketingConsent'>;
export type ProfileEvent = Of<
  CustomerEvent,
  'CustomerProfileUpdated' | 'CustomerPreferencesChanged' | 'MarketingConsentGiven' | 'MarketingConsentWithdrawn'
>;

/** Who the customer is, and what they like. */
export const decideProfile = (command: ProfileCommand, account: Account): CustomerDecision => {
  switch (command.type) {
    case 'UpdateProfile':
      return update(command, account);
    case 'ChangePreferences':
      return changePreferences(command, account);
    case 'SetMarketingConsent':
      return setConsent(command, account);
    default:
      return unreachable(command);
  }
};

const update = (
  { customerId, name, company, now }: Of<CustomerCommand, 'UpdateProfile'>,
  { profile }: Account,
): CustomerDecision => {
  const after = { name: name ?? profile.name, company: company === undefined ? profile.company : company };
  if (after.name === profile.name && (after.company ?? undefined) === profile.company) return accept();
  return accept({
    ...{ type: 'CustomerProfileUpdated', customerId, name: after.name, updatedAt: now },
    ...(after.company === undefined || after.company === null ? {} : { company: after.company }),
  });
};

const changePreferences = (
  { customerId, language, currency, now }: Of<CustomerCommand, 'ChangePreferences'>,
  { preferences }: Account,
): CustomerDecision => {
  const after = {
    ...preferences,
    ...(language === undefined ? {} : { language }),
    ...(currency === undefined ? {} : { currency }),
  };
  if (after.language === preferences.language && after.currency === preferences.currency) return accept();
  return accept({ type: 'CustomerPreferencesChanged', customerId, ...after, changedAt: now });
};

const setConsent = (
  { customerId, channel, granted, now }: Of<CustomerCommand, 'SetMarketingConsent'>,
  { consents }: Account,
): CustomerDecision => {
  if ((consents[channel]?.granted ?? false) === granted) return accept();
  return accept(
    granted
      ? { type: 'MarketingConsentGiven', customerId, channel, givenAt: now }
      : { type: 'MarketingConsentWithdrawn', customerId, channel, withdrawnAt: now },
  );
};

export const evolveProfile = (account: Account, event: ProfileEvent): Account => {
  switch (event.type) {
    case 'CustomerProfileUpdated': {
      const { name, company } = event;
      return { ...account, profile: { name, ...(company === undefined ? {} : { company }) } };
    }
    case 'CustomerPreferencesChanged': {
      const { language, currency } = event;
      const preferences = {
        ...(language === undefined ? {} : { language }),
        ...(currency === undefined ? {} : { currency }),
      };
      return { ...account, preferences };
    }
    case 'MarketingConsentGiven':
      return { ...account, consents: { ...account.consents, [event.channel]: { granted: true, at: event.givenAt } } };
    case 'MarketingConsentWithdrawn': {
      const withdrawn = { granted: false, at: event.withdrawnAt };
      return { ...account, consents: { ...account.consents, [event.channel]: withdrawn } };
    }
    default:
      return unreachable(event);
  }
};
