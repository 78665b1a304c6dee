import { runService } from '@murmuration/platform';
import { readConfig } from './config';
import { projectionsService } from './projections.module';
import { postgresViewStore } from './views/postgres-view-store';
import { viewsMigrations } from './views/views.migrations';

void runService(readConfig, {
  service: 'projections',
  migrations: viewsMigrations,
  define: (_, { pool, storage: { store, coordination }, logger }) =>
    projectionsService({
      ...{ store, coordination, views: postgresViewStore(pool) },
      failed: (error, doing) => logger.warn({ err: error }, doing),
    }),
});
