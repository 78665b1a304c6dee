import { type TestDatabase, type TestPostgres, postgresForTests } from '@murmuration/embedded-postgres';
import {
  type Coordination,
  type EventStore,
  commandProcessor,
  derivedId,
  migrate,
  poolOf,
  postgresCoordination,
  postgresDataSource,
  postgresEventStore,
  stateCache,
} from '@murmuration/event-store';
import type { EffectPort } from '@murmuration/kernel';
import { eventually } from '@murmuration/testing';
import type { DataSource } from 'typeorm';
import { type SeatCommand, type SeatEffect, seatAgenda, seatCodec, seatModel } from './core/agenda-core.fixture';
import { effectsMigrations } from './postgres/migrations';
import { postgresAgendaStore } from './postgres/postgres-agenda-store';
import { type RunningAgenda, runAgenda } from './run-agenda';

const LOG_PARTITIONS = 3;
const SEATS = 200;

/** One process of the service on the shared database. */
const openReplica = async (url: string) => {
  const dataSource: DataSource = postgresDataSource({ url, migrations: effectsMigrations });
  await dataSource.initialize();
  await migrate(dataSource);
  const store: EventStore = await postgresEventStore({ dataSource, logPartitions: LOG_PARTITIONS });
  const coordination: Coordination = { ...postgresCoordination({ dataSource }) };
  const { execute } = commandProcessor(seatModel, seatCodec, store, stateCache());
  const agendaStore = postgresAgendaStore(poolOf(dataSource));
  return {
    ...{ store, coordination, agendaStore },
    tell: (command: SeatCommand) =>
      execute({
        ...{ commandId: derivedId(command.type, command.seat), command },
        metadata: { correlationId: command.seat, causationId: 'test', actor: 'test', hop: 0 },
      }),
    run: (port: EffectPort<SeatEffect, string>): RunningAgenda =>
      runAgenda({
        ...{ service: 'seats', store, coordination, agendaStore, agenda: seatAgenda, codec: seatCodec, execute, port },
        ...{ leaseMs: 1_000, limits: { flushMs: 200, deadlinePollMs: 100 } },
      }),
    close: async () => {
      await store.close();
      await dataSource.destroy();
    },
  };
};

/** Takes the money at every call. */
const carelessProvider = () => {
  const charges = new Map<string, number>();
  const dead = new Promise<never>(() => undefined);
  return {
    charges,
    port: ({ answers }: { readonly answers: (key: string) => boolean }): EffectPort<SeatEffect, string> => ({
      perform: async (key) => {
        charges.set(key, (charges.get(key) ?? 0) + 1);
        return answers(key) ? { outcome: 'done', result: 'receipt' } : dead;
      },
      query: async (key) => (charges.has(key) ? { outcome: 'done', result: 'receipt' } : { outcome: 'not-found' }),
    }),
  };
};

describe('a running agenda on PostgreSQL', () => {
  let server: TestPostgres;
  let database: TestDatabase;
  let replicas: Awaited<ReturnType<typeof openReplica>>[];
  beforeAll(async () => {
    server = await postgresForTests();
    database = await server.newDatabase();
    replicas = [await openReplica(database.url), await openReplica(database.url)];
  }, 60_000);
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    await database.drop();
    await server.stop();
  });

  const told = async (type: string): Promise<number> => {
    const { store } = replicas[0]!;
    const logs = await Promise.all([0, 1, 2].map((logPartition) => store.readLog(logPartition, 0, 10_000)));
    return logs.flat().filter((event) => event.type === type).length;
  };
  const holdsAll = (agenda: RunningAgenda): boolean => agenda.status().every(({ term }) => term !== undefined);

  it('makes each call once when the process that made it dies before it could say so', async () => {
    const [first, second] = replicas as [(typeof replicas)[0], (typeof replicas)[0]];
    const provider = carelessProvider();
    const dying = first.run(provider.port({ answers: (key) => !key.endsWith('7') }));
    await eventually(() => holdsAll(dying));
    await Promise.all(
      Array.from({ length: SEATS }, (_, seat) => first.tell({ type: 'RequestCharge', seat: `seat-${seat}` })),
    );
    await eventually(async () => (await told('Charged')) === SEATS * 0.9);
    first.coordination.acquire = () => Promise.reject(new Error('the process is dead'));
    const heir = second.run(provider.port({ answers: () => true }));
    await eventually(async () => (await told('Charged')) === SEATS);
    expect([...provider.charges.values()].every((count) => count === 1)).toBe(true);
    expect(provider.charges.size).toBe(SEATS);
    await eventually(async () => (await second.agendaStore.counts()).effects === 0);
    await Promise.all([dying.stop(0), heir.stop()]);
  });

  it('fires a deadline by the clock of the database', async () => {
    const [, replica] = replicas as [(typeof replicas)[0], (typeof replicas)[0]];
    const { port } = carelessProvider();
    const agenda = replica.run(port({ answers: () => true }));
    await eventually(() => holdsAll(agenda));
    const opened = await replica.agendaStore.dueDeadlines(0, 0, 1);
    await replica.tell({ type: 'HoldSeat', seat: 'seat-held', until: opened.now });
    await eventually(async () => (await told('HoldLapsed')) === 1);
    await eventually(async () => (await replica.agendaStore.counts()).deadlines === 0);
    await agenda.stop();
  });
});
