import type { Instant } from '@murmuration/kernel';
import type { HeardOfOrder } from './heard-order';

export type Refund = { readonly refundId: string; readonly amountMinor: number; readonly at: Instant };

/** What was given back, each refund once, sorted by id so that equal ones are equal as text in whatever order they came about. */
export type Refunds = readonly Refund[];

/** The refunds with what was heard; the very same ones where it is no news. */
export const withRefund = (refunds: Refunds, { name, time: at, data }: HeardOfOrder): Refunds => {
  if (name !== 'payments.payment-refunded.v1') return refunds;
  const { refundId, amountMinor } = data;
  const place = placeOf(refundId, refunds);
  const known = refunds[place];
  const isKnown = known?.refundId === refundId;
  if (isKnown && known.at <= at) return refunds;
  const after = [...refunds];
  after.splice(place, isKnown ? 1 : 0, { refundId, amountMinor, at });
  return after;
};

/** Where the refund is, or belongs. */
const placeOf = (refundId: string, refunds: Refunds): number => {
  let [low, high] = [0, refunds.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((refunds[middle]?.refundId ?? '') < refundId) low = middle + 1;
    else high = middle;
  }
  return low;
};
