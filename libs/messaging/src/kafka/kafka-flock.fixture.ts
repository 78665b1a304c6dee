import { randomUUID } from 'node:crypto';
import { connect, Socket } from 'node:net';
import {
  type EventStore,
  migrate,
  postgresCoordination,
  postgresDataSource,
  postgresEventStore,
} from '@murmuration/event-store';
import { type BrokerForTests, brokerForTests } from '@murmuration/kafka-broker';
import { postgresForTests, type TestPostgres } from '@murmuration/embedded-postgres';
import type { ISocketFactory, Kafka } from 'kafkajs';
import type { DataSource } from 'typeorm';
import { lane } from '../core/lane';
import { type Relay, type RelayOptions, startRelay } from '../core/relay';
import { announceSighting, countingService, decodeSighting, hearsay } from '../flock.fixture';
import { messagingMigrations } from '../postgres/migrations';
import { postgresInbox, type PostgresInbox, withInboxBell } from '../postgres/postgres-inbox';
import { postgresOutbox } from '../postgres/postgres-outbox';
import { systemClock } from '../system-clock';
import { ensureTopics } from './ensure-topics';
import { kafkaClient } from './kafka-client';
import { type KafkaConsumer, type KafkaConsumerOptions, startKafkaConsumer } from './kafka-consumer';
import { kafkaPublisher } from './kafka-publisher';

export const PARTITIONS = 4;

/** One service's database, opened. */
export type ServiceDatabase = {
  readonly dataSource: DataSource;
  readonly store: EventStore;
  readonly inbox: PostgresInbox;
};

/** Connections that can be cut off from the world without either side being told. */
export class FrozenNetwork {
  private readonly sockets = new Set<Socket>();
  private isFrozen = false;

  readonly socketFactory: ISocketFactory = ({ host, port, onConnect }) => {
    const socket = this.isFrozen ? new Socket() : connect(port, host, onConnect);
    this.sockets.add(socket);
    return socket;
  };

  freeze(): void {
    this.isFrozen = true;
    for (const socket of this.sockets) {
      socket.pause();
      socket.write = () => true;
    }
  }

  /** New connections work again; the old ones turn out to be dead. */
  thaw(): void {
    this.isFrozen = false;
    for (const socket of this.sockets) socket.destroy(new Error('reset by a peer that forgot it'));
    this.sockets.clear();
  }
}

/** A broker and a database server, and services on them; all ended by `end`. */
export class KafkaFlock {
  private readonly ends: (() => Promise<unknown>)[] = [];

  private constructor(
    readonly broker: BrokerForTests,
    private readonly postgres: TestPostgres,
  ) {}

  static async start(): Promise<KafkaFlock> {
    const [broker, postgres] = await Promise.all([brokerForTests(), postgresForTests()]);
    return new KafkaFlock(broker, postgres);
  }

  kafka(clientId = 'flock', brokers = this.broker.brokers): Kafka {
    return kafkaClient({ brokers: [...brokers], clientId });
  }

  async topic(partitions = PARTITIONS): Promise<string> {
    const topic = `sightings-${randomUUID().slice(0, 8)}`;
    await ensureTopics(this.kafka(), [{ topic, partitions }], { replicationFactor: 1 });
    return topic;
  }

  async database(): Promise<ServiceDatabase> {
    const { url } = await this.postgres.newDatabase();
    const dataSource = await postgresDataSource({ url, migrations: messagingMigrations }).initialize();
    await migrate(dataSource);
    const store = await postgresEventStore({ dataSource });
    const inbox = postgresInbox({ dataSource });
    this.onEnd(async () => {
      await store.close();
      await dataSource.destroy();
    });
    return { dataSource, store: withInboxBell(store, inbox), inbox };
  }

  relay({ dataSource, store }: ServiceDatabase, topic: string, overrides: Partial<RelayOptions> = {}): Relay {
    const publisher = kafkaPublisher({ kafka: this.kafka('relay') });
    const relay = startRelay({
      ...{ store, logPartition: 0, outbox: postgresOutbox({ dataSource }), publisher, clock: systemClock },
      ...{ coordination: postgresCoordination({ dataSource }), holder: randomUUID(), chance: Math.random },
      ...{ source: 'sightings', partitionsOf: () => PARTITIONS },
      announce: (event) => {
        const said = announceSighting(event);
        return said && { ...said, topic };
      },
      ...overrides,
    });
    this.onEnd(async () => {
      await relay.stop();
      await publisher.close();
    });
    return relay;
  }

  consumer(
    { store, inbox }: ServiceDatabase,
    topic: string,
    overrides: Partial<KafkaConsumerOptions<never>> & { readonly groupId: string },
  ): { readonly consumer: KafkaConsumer } & Omit<ReturnType<typeof hearsay>, 'listener'> {
    const { listener, ...heard } = hearsay();
    const { decisions } = countingService(store);
    const consumer = startKafkaConsumer({
      ...{ kafka: this.kafka('consumer'), topics: [topic], holder: randomUUID(), inbox, reader: store, decisions },
      ...{ decode: decodeSighting, clock: systemClock, chance: Math.random, lane: lane(), listener },
      ...(overrides as object),
      groupId: overrides.groupId,
    });
    this.onEnd(() => consumer.stop());
    return { consumer, ...heard };
  }

  onEnd(end: () => Promise<unknown>): void {
    this.ends.unshift(end);
  }

  async end(): Promise<void> {
    for (const end of this.ends) await end();
    await this.broker.stop();
    await this.postgres.stop();
  }
}
