import { runService } from '@murmuration/platform';
import {
  carrierWebhook,
  CreateSimulatedCarrier1790000020000,
  simulatedCarrierBook,
  simulatedCarrierPort,
  startCarrierVisits,
} from './carrier';
import { readConfig } from './config';
import { shippingService } from './shipping.module';

void runService(readConfig, {
  service: 'shipping',
  migrations: [CreateSimulatedCarrier1790000020000],
  define: ({ CARRIER_DELAY_MS, CARRIER_WEBHOOK_BASE_URL }, { pool, storage: { coordination }, logger }) => {
    const book = simulatedCarrierBook(pool);
    const pace = { handOverMs: CARRIER_DELAY_MS, deliverMs: CARRIER_DELAY_MS };
    const failed = (error: unknown, doing: string): void => logger.warn({ err: error }, doing);
    const webhook = carrierWebhook(CARRIER_WEBHOOK_BASE_URL, failed);
    return shippingService(simulatedCarrierPort(book, pace), [
      () => startCarrierVisits({ book, pace, webhook, coordination, failed }),
    ]);
  },
});
