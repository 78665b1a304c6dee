import {
  announce,
  paymentsAgenda,
  paymentsFinishing,
  paymentsModel,
  type PaymentEffect,
  type ProviderReceipt,
} from '@murmuration/domain-payments';
import type { EffectPort } from '@murmuration/kernel';
import { defineService, heardBy } from '@murmuration/platform';
import { PaymentsReactions } from './events/payments.reactions';
import { PaymentsController } from './http/payments.controller';
import { rejectionStatus } from './http/rejection-status';
import { paymentsCodec } from './store/payment.codec';

/** Who gets what in the payments service. */
export const paymentsService = (provider: EffectPort<PaymentEffect, ProviderReceipt>) =>
  defineService({
    service: 'payments',
    docs: {
      title: 'Payments',
      description: 'Authorises, captures, voids and refunds the payment of each order at the payment provider.',
    },
    rules: { model: paymentsModel, codec: paymentsCodec },
    rejectionStatus,
    finishing: paymentsFinishing,
    hears: heardBy('payments'),
    announce,
    agenda: { rules: paymentsAgenda, port: provider },
    controllers: [PaymentsController, PaymentsReactions],
  });
