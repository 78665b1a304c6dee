import { customerId, reason } from '@murmuration/contracts';
import type { Customer } from '@murmuration/domain-customers';
import type { View } from '@murmuration/platform';
import { z } from 'zod';

export { customerId } from '@murmuration/contracts';

const NAME_CHARS_MAX = 200;
const EMAIL_CHARS_MAX = 254;

export const newCustomer = z.strictObject({
  customerId: customerId.optional(),
  name: z.string().min(1).max(NAME_CHARS_MAX),
  email: z.email('must be an e-mail address').max(EMAIL_CHARS_MAX),
});
export const suspension = z.strictObject({ reason });

export type NewCustomer = z.infer<typeof newCustomer>;
export type Suspension = z.infer<typeof suspension>;

export const shownCustomer = z.object({
  customerId,
  version: z.int(),
  status: z.enum(['unregistered', 'active', 'suspended']),
  name: z.string().optional(),
  email: z.string().optional(),
  reason: z.string().optional(),
});

export const customerView: View<Customer> = (
  { kind: _, ...customer },
  { id, version },
): z.infer<typeof shownCustomer> => ({
  customerId: id,
  version,
  ...customer,
});
