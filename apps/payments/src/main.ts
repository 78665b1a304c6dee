import { runService } from '@murmuration/platform';
import { readConfig } from './config';
import { paymentsService } from './payments.module';
import { CreateSimulatedProvider1790000020000, simulatedProviderBook, simulatedProviderPort } from './provider';

void runService(readConfig, {
  service: 'payments',
  migrations: [CreateSimulatedProvider1790000020000],
  define: (_, { pool }) => paymentsService(simulatedProviderPort(simulatedProviderBook(pool))),
});
