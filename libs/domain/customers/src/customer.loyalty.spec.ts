import { given, stateAfter } from '@murmuration/testing';
import { customer } from './customer';
import { LOYALTY_POINTS_MAX, LOYALTY_REFERENCES_MAX } from './customer.bounds';
import { about, customerId, deactivated, now, registered, suspended } from './customer.fixture';
import { pointsFor, tierOf } from './customer.loyalty';
import type { CustomerEvent, LoyaltyTier } from './customer.messages';

const award = { type: 'AwardLoyaltyPoints', ...about, reference: 'o-1', points: 400 } as const;
const redeem = { type: 'RedeemLoyaltyPoints', ...about, reference: 'r-1', points: 150 } as const;
const expire = {
  type: 'ExpireLoyaltyPoints',
  ...about,
  reference: 'x-1',
  points: 50,
  reason: 'a year is over',
} as const;
const adjust = { type: 'AdjustLoyaltyPoints', ...about, reference: 'j-1', points: -100, reason: 'returned' } as const;
const upgrade = { type: 'UpgradeTier', ...about, tier: 'gold', reason: 'invited' } as const;

const earned = (points = 400, reference = 'o-1'): CustomerEvent => ({
  ...{ type: 'LoyaltyPointsEarned', customerId, reference, points, earnedAt: now },
});
const redeemed: CustomerEvent = {
  ...{ type: 'LoyaltyPointsRedeemed', customerId, reference: 'r-1', points: 150, redeemedAt: now },
};
const expired: CustomerEvent = {
  ...{
    type: 'LoyaltyPointsExpired',
    customerId,
    reference: 'x-1',
    points: 50,
    reason: 'a year is over',
    expiredAt: now,
  },
};
const adjusted = (points: number): CustomerEvent => ({
  ...{ type: 'LoyaltyPointsAdjusted', customerId, reference: 'j-1', points, reason: 'returned', adjustedAt: now },
});
const granted: CustomerEvent = {
  type: 'CustomerTierGranted',
  customerId,
  tier: 'gold',
  reason: 'invited',
  grantedAt: now,
};
const moved = (from: LoyaltyTier, to: LoyaltyTier): CustomerEvent => ({
  ...{ type: 'CustomerTierChanged', customerId, from, to, changedAt: now },
});

const loyaltyAfter = (...history: readonly CustomerEvent[]): unknown => {
  const state = stateAfter(customer, registered, ...history);
  return state.status === 'unregistered' ? undefined : state.account.loyalty;
};

describe('awarding points', () => {
  it('adds to what there is and to what was ever earned', () => {
    given(customer, registered).when(award).then(earned());
    expect(loyaltyAfter(earned(), earned(100, 'o-2'))).toMatchObject({ balance: 500, lifetime: 500, tier: 'bronze' });
  });
  it('keeps the reason where there is one', () =>
    given(customer, registered)
      .when({ ...award, reason: 'goodwill' })
      .then({ ...earned(), reason: 'goodwill' } as CustomerEvent));
  it('says so when a tier is reached, or several at once', () => {
    given(customer, registered, earned())
      .when({ ...award, reference: 'o-2', points: 600 })
      .then(earned(600, 'o-2'), moved('bronze', 'silver'));
    given(customer, registered)
      .when({ ...award, points: 20_000 })
      .then(earned(20_000), moved('bronze', 'platinum'));
  });
  it('stays quiet for a reference that has had them', () =>
    given(customer, registered, earned()).when(award).thenNothing());
  it('stays quiet for one of long ago too', () => {
    const since = Array.from({ length: LOYALTY_REFERENCES_MAX - 1 }, (_, index) => earned(1, `o-${index + 2}`));
    given(customer, registered, earned(), ...since)
      .when(award)
      .thenNothing();
  });
  it('refuses a reference that stood for another number', () =>
    given(customer, registered, earned())
      .when({ ...award, points: 401 })
      .thenRejected({ type: 'ReferenceAlreadyUsed', reference: 'o-1' }));
  it('refuses more than a lifetime holds', () =>
    given(customer, registered, earned(1, 'o-2'))
      .when({ ...award, points: LOYALTY_POINTS_MAX })
      .thenRejected({ type: 'PointsOutOfBounds', max: LOYALTY_POINTS_MAX }));
  it('is for suspended customers too, who have earned them', () =>
    given(customer, registered, suspended).when(award).then(earned()));
  it('refuses who has left', () =>
    given(customer, registered, deactivated).when(award).thenRejected({ type: 'CustomerDeactivated', customerId }));
});

describe('redeeming points', () => {
  it('takes from what there is, and not from what was ever earned', () => {
    given(customer, registered, earned()).when(redeem).then(redeemed);
    expect(loyaltyAfter(earned(), redeemed)).toMatchObject({ balance: 250, lifetime: 400 });
  });
  it('never costs a tier', () =>
    given(customer, registered, earned(1_000), moved('bronze', 'silver'))
      .when({ ...redeem, points: 1_000 })
      .then({ ...redeemed, points: 1_000 }));
  it('refuses more than there are', () =>
    given(customer, registered, earned(149))
      .when(redeem)
      .thenRejected({ type: 'NotEnoughPoints', points: 150, balance: 149 }));
  it('refuses a suspended customer', () =>
    given(customer, registered, earned(), suspended)
      .when(redeem)
      .thenRejected({ type: 'CustomerSuspended', customerId }));
  it('stays quiet for a reference that was redeemed', () =>
    given(customer, registered, earned(), redeemed).when(redeem).thenNothing());
  it('may be for the very order that earned points', () =>
    given(customer, registered, earned())
      .when({ ...redeem, reference: 'o-1' })
      .then({ ...redeemed, reference: 'o-1' }));
});

describe('letting points expire', () => {
  it('takes them away with the reason', () => {
    given(customer, registered, earned()).when(expire).then(expired);
    expect(loyaltyAfter(earned(), expired)).toMatchObject({ balance: 350, lifetime: 400 });
  });
  it('refuses more than there are', () =>
    given(customer, registered).when(expire).thenRejected({ type: 'NotEnoughPoints', points: 50, balance: 0 }));
});

describe('adjusting points', () => {
  it('corrects what there is and what was ever earned, in both directions', () => {
    given(customer, registered, earned()).when(adjust).then(adjusted(-100));
    expect(loyaltyAfter(earned(), adjusted(-100))).toMatchObject({ balance: 300, lifetime: 300 });
    given(customer, registered)
      .when({ ...adjust, points: 100 })
      .then(adjusted(100));
  });
  it('lets the tier follow', () =>
    given(customer, registered, earned(1_050), moved('bronze', 'silver'))
      .when(adjust)
      .then(adjusted(-100), moved('silver', 'bronze')));
  it('refuses to go below zero', () =>
    given(customer, registered, earned(), redeemed)
      .when({ ...adjust, points: -251 })
      .thenRejected({ type: 'NotEnoughPoints', points: -251, balance: 250 }));
});

describe('upgrading the tier', () => {
  it('grants one that the points do not reach', () =>
    given(customer, registered).when(upgrade).then(granted, moved('bronze', 'gold')));
  it('keeps it until the points reach more', () => {
    const gold = [registered, granted, moved('bronze', 'gold')] as const;
    given(customer, ...gold)
      .when({ ...award, points: 1_000 })
      .then(earned(1_000));
    given(customer, ...gold)
      .when({ ...award, points: 20_000 })
      .then(earned(20_000), moved('gold', 'platinum'));
    given(customer, ...gold, earned(20_000), moved('gold', 'platinum'))
      .when({ ...adjust, points: -20_000 })
      .then(adjusted(-20_000), moved('platinum', 'gold'));
  });
  it('stays quiet when it is so already', () =>
    given(customer, registered, granted, moved('bronze', 'gold')).when(upgrade).thenNothing());
  it('refuses a lower one', () =>
    given(customer, registered, granted, moved('bronze', 'gold'))
      .when({ ...upgrade, tier: 'silver' })
      .thenRejected({ type: 'TierNotHigher', tier: 'gold' }));
});

describe('what points are worth', () => {
  it.each([
    [0, 'bronze'],
    [999, 'bronze'],
    [1_000, 'silver'],
    [4_999, 'silver'],
    [5_000, 'gold'],
    [19_999, 'gold'],
    [20_000, 'platinum'],
    [LOYALTY_POINTS_MAX, 'platinum'],
  ] as const)('%i in a lifetime are %s', (points, tier) => expect(tierOf(points)).toBe(tier));
  it.each([
    [0, 0],
    [99, 0],
    [7_870, 78],
  ])('an order of %i minor units is worth %i', (totalMinor, points) => expect(pointsFor(totalMinor)).toBe(points));
});
