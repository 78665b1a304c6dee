import { paymentsShapes, type PaymentEvent } from '@murmuration/domain-payments';
import { jsonCodec } from '@murmuration/event-store';

export const paymentsCodec = jsonCodec<PaymentEvent>(paymentsShapes);
