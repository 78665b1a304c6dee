import type { PaymentCommand } from './payment.messages';

/**
 * What may be asked for, or told by the provider, even while nothing new is begun: it ends calls that were made, and stores
 * nothing about what is not there. A refund wished for after delivery begins something.
 */
export const paymentsFinishing: readonly PaymentCommand['type'][] = [
  'ReportProviderOutcome',
  'RetryCall',
  'ResolveCall',
];
