import {
  contactChannel,
  currency,
  customerId,
  loyaltyTier,
  paymentToken,
  reason,
  shipTo,
  wishedBy,
} from '@murmuration/contracts';
import { LOYALTY_POINTS_MAX } from '@murmuration/domain-customers';
import { z } from 'zod';
import { newOrder } from './order.schemas';

export { contactChannel, customerId } from '@murmuration/contracts';

const NAME_CHARS_MAX = 200;
const EMAIL_CHARS_MAX = 254;
const LABEL_CHARS_MAX = 50;
const BRAND_CHARS_MAX = 40;

/** Ids within a customer are of the same kind as the customer's own. */
const identifier = customerId;
const name = z.string().trim().min(1).max(NAME_CHARS_MAX);
const email = z.email('must be an e-mail address').max(EMAIL_CHARS_MAX);
const phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a phone number in E.164, such as +43123456789');
const language = z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'must be a language tag such as de or de-AT');

export const addressId = identifier;
export const paymentMethodId = identifier;
export const addressPurpose = z.enum(['shipping', 'billing']);
export const marketingChannel = z.enum(['email', 'phone', 'post']);

export const newCustomer = z.strictObject({
  customerId: customerId.optional(),
  name,
  email,
  phone: phone.optional(),
});
export const suspension = z.strictObject({ reason });
export const reactivation = z.strictObject({ by: wishedBy.default('operator') });
export const deactivation = z.strictObject({ by: wishedBy.default('customer'), reason: reason.optional() });

/** What is absent stays as it is; null takes the company away. */
export const profileChange = z.strictObject({ name: name.optional(), company: name.nullable().optional() });
export const newEmail = z.strictObject({ email });
export const newPhone = z.strictObject({ phone });
export const preferenceChange = z.strictObject({ language: language.optional(), currency: currency.optional() });
export const consent = z.strictObject({ granted: z.boolean() });

export const verification = z.strictObject({ channel: contactChannel });
export const givenCode = z.strictObject({ code: z.string().regex(/^\d{6}$/, 'must be six digits') });

const address = z.strictObject(shipTo.shape);
const label = z.string().trim().min(1).max(LABEL_CHARS_MAX);
export const newAddress = z.strictObject({
  addressId: addressId.optional(),
  label,
  address,
  defaultFor: z.array(addressPurpose).max(addressPurpose.options.length).default([]),
});
export const changedAddress = z.strictObject({ label, address });
export const defaultAddress = z.strictObject({ addressId });

const methodDetails = {
  brand: z.string().trim().min(1).max(BRAND_CHARS_MAX).optional(),
  last4: z
    .string()
    .regex(/^\d{4}$/, 'must be four digits')
    .optional(),
  expiry: z
    .string()
    .regex(/^20\d{2}-(0[1-9]|1[0-2])$/, 'must be a month such as 2028-04')
    .optional(),
};
export const newPaymentMethod = z.strictObject({
  paymentMethodId: paymentMethodId.optional(),
  token: paymentToken,
  ...methodDetails,
  isDefault: z.boolean().default(false),
});
export const defaultPaymentMethod = z.strictObject({ paymentMethodId });

const { lines, submit } = newOrder.shape;
/** What is absent is the customer's default. */
export const checkout = z.strictObject({
  addressId: addressId.optional(),
  paymentMethodId: paymentMethodId.optional(),
  currency: currency.optional(),
  lines,
  submit,
});

/** The same points under the same reference are moved once, an order's id for one. A new one is made when none is given. */
const reference = identifier.optional();
const points = z.int().min(1).max(LOYALTY_POINTS_MAX);
export const award = z.strictObject({ points, reference, reason: reason.optional() });
export const redemption = z.strictObject({ points, reference });
export const expiry = z.strictObject({ points, reference, reason });
export const adjustment = z.strictObject({
  points: z
    .int()
    .min(-LOYALTY_POINTS_MAX)
    .max(LOYALTY_POINTS_MAX)
    .refine((value) => value !== 0, 'must not be 0'),
  reference,
  reason,
});
export const tierUpgrade = z.strictObject({ tier: loyaltyTier, reason });

const shownContact = z.object({
  channel: contactChannel,
  expiresAt: z.string(),
  attemptsLeft: z.int(),
  /** Whether the code is on its way, has left, or could not be sent. */
  delivery: z.enum(['pending', 'sent', 'failed']),
});

/** A customer as the API shows it. Payment tokens are only passed on to who needs them, and codes are the customer's alone. */
export const shownCustomer = z.object({
  customerId,
  version: z.int(),
  status: z.enum(['active', 'suspended', 'deactivated']),
  reason: z.string().optional(),
  registeredAt: z.string(),
  deactivatedAt: z.string().optional(),
  deactivatedBy: wishedBy.optional(),
  name: z.string(),
  company: z.string().optional(),
  email: z.string(),
  emailVerified: z.boolean(),
  phone: z.string().optional(),
  phoneVerified: z.boolean(),
  /** Codes that were asked for and not yet given back. */
  verifications: z.array(shownContact),
  preferences: preferenceChange,
  consents: z.partialRecord(marketingChannel, z.object({ granted: z.boolean(), at: z.string() })),
  addresses: z.array(z.object({ addressId, label: z.string(), address, defaultFor: z.array(addressPurpose) })),
  paymentMethods: z.array(z.object({ paymentMethodId, ...methodDetails, isDefault: z.boolean() })),
  loyalty: z.object({ points: z.int(), lifetimePoints: z.int(), tier: loyaltyTier }),
});
