import { runService } from '@murmuration/platform';
import { fileCourier, noCourier } from './codes/couriers';
import { verificationCodes } from './codes/verification-codes';
import { readConfig } from './config';
import { ordersService } from './orders.module';

void runService(readConfig, {
  service: 'orders',
  define: (config, { logger }) =>
    ordersService(config, {
      codes: verificationCodes(config.VERIFICATION_SECRET),
      courier:
        config.COURIER_FILE === undefined
          ? noCourier((fields, message) => logger.warn(fields, message))
          : fileCourier(config.COURIER_FILE),
    }),
});
