import type { LoyaltyTier } from '@murmuration/contracts';
import { accept, assert, reject, unreachable, type Decision, type Of } from '@murmuration/kernel';
import { LOYALTY_MINOR_PER_POINT, LOYALTY_POINTS_MAX, LOYALTY_REFERENCES_MAX, LOYALTY_TIERS } from './customer.bounds';
import type { CustomerCommand, CustomerEvent, CustomerRejection } from './customer.messages';
import type { Account, CustomerDecision, Loyalty } from './customer.state';

type MovementCommand = Of<
  CustomerCommand,
  'AwardLoyaltyPoints' | 'RedeemLoyaltyPoints' | 'ExpireLoyaltyPoints' | 'AdjustLoyaltyPoints'
>;
type MovementEvent = Of<
  CustomerEvent,
  'LoyaltyPointsEarned' | 'LoyaltyPointsRedeemed' | 'LoyaltyPointsExpired' | 'LoyaltyPointsAdjusted'
>;
export type LoyaltyCommand = MovementCommand | Of<CustomerCommand, 'UpgradeTier'>;
export type LoyaltyEvent = MovementEvent | Of<CustomerEvent, 'CustomerTierGranted' | 'CustomerTierChanged'>;

const rankOf = (tier: LoyaltyTier): number => LOYALTY_TIERS.findIndex((each) => each.tier === tier);

const higherOf = (left: LoyaltyTier, right: LoyaltyTier): LoyaltyTier => (rankOf(left) < rankOf(right) ? right : left);

/** The tier that a lifetime's points reach. */
export const tierOf = (lifetimePoints: number): LoyaltyTier =>
  LOYALTY_TIERS.findLast(({ fromPoints }) => fromPoints <= lifetimePoints)?.tier ?? 'bronze';

/** What an order of this total, in minor units of whatever currency, is worth in points. */
export const pointsFor = (totalMinor: number): number => Math.floor(totalMinor / LOYALTY_MINOR_PER_POINT);

/** Points and tiers. A tier is the one that the lifetime's points reach, or a higher one that was granted. */
export const decideLoyalty = (command: LoyaltyCommand, { loyalty }: Account): CustomerDecision => {
  if (command.type === 'UpgradeTier') return upgrade(command, loyalty);
  const known = loyalty.known.find(({ movement }) => movement === movementOf(command));
  if (known !== undefined)
    return known.points === command.points
      ? accept()
      : reject({ type: 'ReferenceAlreadyUsed', reference: command.reference });
  const { accepted, rejected } = move(command, loyalty);
  if (rejected) return reject(rejected);
  return accept<CustomerEvent>(...accepted, ...tierChange(command, accepted.reduce(evolveMovement, loyalty)));
};

/** The same reference may stand for points that an order earned and for points that were spent on it. */
const movementOf = ({ type, reference }: MovementCommand | MovementEvent): string => `${KINDS[type]}:${reference}`;

const KINDS: Readonly<Record<(MovementCommand | MovementEvent)['type'], string>> = {
  AwardLoyaltyPoints: 'earned',
  LoyaltyPointsEarned: 'earned',
  RedeemLoyaltyPoints: 'redeemed',
  LoyaltyPointsRedeemed: 'redeemed',
  ExpireLoyaltyPoints: 'expired',
  LoyaltyPointsExpired: 'expired',
  AdjustLoyaltyPoints: 'adjusted',
  LoyaltyPointsAdjusted: 'adjusted',
};

const move = (command: MovementCommand, { balance, lifetime }: Loyalty): Decision<MovementEvent, CustomerRejection> => {
  const { customerId, reference, points, now } = command;
  const left = balance + (isGain(command) ? points : -points);
  if (left < 0) return reject({ type: 'NotEnoughPoints', points, balance });
  if (isGain(command) && lifetime + points > LOYALTY_POINTS_MAX)
    return reject({ type: 'PointsOutOfBounds', max: LOYALTY_POINTS_MAX });
  const movement = { customerId, reference, points };
  switch (command.type) {
    case 'AwardLoyaltyPoints': {
      const why = command.reason === undefined ? {} : { reason: command.reason };
      return accept({ type: 'LoyaltyPointsEarned', ...movement, ...why, earnedAt: now });
    }
    case 'RedeemLoyaltyPoints':
      return accept({ type: 'LoyaltyPointsRedeemed', ...movement, redeemedAt: now });
    case 'ExpireLoyaltyPoints':
      return accept({ type: 'LoyaltyPointsExpired', ...movement, reason: command.reason, expiredAt: now });
    case 'AdjustLoyaltyPoints':
      return accept({ type: 'LoyaltyPointsAdjusted', ...movement, reason: command.reason, adjustedAt: now });
    default:
      return unreachable(command);
  }
};

const isGain = ({ type }: MovementCommand): boolean => type === 'AwardLoyaltyPoints' || type === 'AdjustLoyaltyPoints';

const upgrade = (
  { customerId, tier, reason, now }: Of<CustomerCommand, 'UpgradeTier'>,
  loyalty: Loyalty,
): CustomerDecision => {
  if (loyalty.tier === tier) return accept();
  if (rankOf(tier) < rankOf(loyalty.tier)) return reject({ type: 'TierNotHigher', tier: loyalty.tier });
  return accept<CustomerEvent>(
    { type: 'CustomerTierGranted', customerId, tier, reason, grantedAt: now },
    ...tierChange({ customerId, now }, { ...loyalty, granted: tier }),
  );
};

const tierChange = (
  { customerId, now }: Pick<LoyaltyCommand, 'customerId' | 'now'>,
  { tier: from, lifetime, granted }: Loyalty,
): readonly CustomerEvent[] => {
  const to = higherOf(tierOf(lifetime), granted);
  return to === from ? [] : [{ type: 'CustomerTierChanged', customerId, from, to, changedAt: now }];
};

const evolveMovement = (loyalty: Loyalty, event: MovementEvent): Loyalty => {
  const { points } = event;
  const known = [...loyalty.known, { movement: movementOf(event), points }].slice(-LOYALTY_REFERENCES_MAX);
  switch (event.type) {
    case 'LoyaltyPointsEarned':
    case 'LoyaltyPointsAdjusted':
      return { ...loyalty, balance: loyalty.balance + points, lifetime: loyalty.lifetime + points, known };
    case 'LoyaltyPointsRedeemed':
    case 'LoyaltyPointsExpired':
      assert(points <= loyalty.balance, 'no more points are spent than there are');
      return { ...loyalty, balance: loyalty.balance - points, known };
    default:
      return unreachable(event);
  }
};

export const evolveLoyalty = (account: Account, event: LoyaltyEvent): Account => {
  const { loyalty } = account;
  switch (event.type) {
    case 'CustomerTierGranted':
      return { ...account, loyalty: { ...loyalty, granted: event.tier } };
    case 'CustomerTierChanged':
      return { ...account, loyalty: { ...loyalty, tier: event.to } };
    default:
      return { ...account, loyalty: evolveMovement(loyalty, event) };
  }
};
