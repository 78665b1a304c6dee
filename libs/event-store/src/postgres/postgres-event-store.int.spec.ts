import { setTimeout as pause } from 'node:timers/promises';
import { type TestPostgres, postgresForTests } from '@murmuration/embedded-postgres';
import type { DataSource } from 'typeorm';
import { coordinationContract } from '../coordination.contract';
import { eventStoreContract } from '../event-store.contract';
import { migrate, postgresDataSource } from './data-source';
import { postgresCoordination } from './postgres-coordination';
import { postgresEventStore } from './postgres-event-store';

let server: TestPostgres;
const dataSources: DataSource[] = [];

const connected = async (url: string): Promise<DataSource> => {
  const dataSource = await postgresDataSource({ url }).initialize();
  dataSources.push(dataSource);
  return dataSource;
};

beforeAll(async () => {
  server = await postgresForTests();
});

afterAll(async () => {
  for (const dataSource of dataSources) await dataSource.destroy();
  await server.stop();
});

eventStoreContract('PostgreSQL event store', async (logPartitions) => {
  const { url } = await server.newDatabase();
  const [first, second] = [await connected(url), await connected(url)];
  await migrate(first);
  return {
    store: await postgresEventStore({ dataSource: first, logPartitions }),
    other: await postgresEventStore({ dataSource: second, logPartitions }),
  };
});

coordinationContract('PostgreSQL coordination', async () => {
  const { url } = await server.newDatabase();
  const dataSource = await connected(url);
  await migrate(dataSource);
  return { coordination: postgresCoordination({ dataSource }), pass: (durationMs) => pause(durationMs) };
});
