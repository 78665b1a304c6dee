import type { LoyaltyTier } from '@murmuration/contracts';

export const ADDRESSES_MAX = 20;
export const PAYMENT_METHODS_MAX = 10;

/** How long a verification code holds. */
export const CODE_VALID_MS = 15 * 60 * 1_000;
/** Wrong codes that one verification takes before it is closed. */
export const CODE_ATTEMPTS_MAX = 5;
/** The least time from one code for a channel to the next. */
export const CODE_PAUSE_MS = 60 * 1_000;
/** Codes for one channel within `CODES_WINDOW_MS`; with the attempts of each they keep guessing hopeless. */
export const CODES_PER_WINDOW_MAX = 10;
export const CODES_WINDOW_MS = 24 * 60 * 60 * 1_000;

/** How long a deactivated customer may come back. */
export const RETURN_WITHIN_MS = 30 * 24 * 60 * 60 * 1_000;

/** Of one customer's whole life; a sum beyond it is refused. */
export const LOYALTY_POINTS_MAX = 1_000_000_000_000;
/** The newest movements of points that are known again when they are said twice. */
export const LOYALTY_REFERENCES_MAX = 500;
/** Minor units of any currency that earn one point. */
export const LOYALTY_MINOR_PER_POINT = 100;

/** From how many points earned in a lifetime a tier is reached, lowest first. */
export const LOYALTY_TIERS: readonly { readonly tier: LoyaltyTier; readonly fromPoints: number }[] = [
  { tier: 'bronze', fromPoints: 0 },
  { tier: 'silver', fromPoints: 1_000 },
  { tier: 'gold', fromPoints: 5_000 },
  { tier: 'platinum', fromPoints: 20_000 },
];
