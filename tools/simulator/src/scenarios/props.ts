import { encodeRecord, topicOf, type Heard, type IntegrationEvent, type ServiceName } from '@murmuration/contracts';
import { stockStream, type StockLevel } from '@murmuration/domain-inventory';
import { derivedId } from '@murmuration/event-store';
import { partitionOf, type Message } from '@murmuration/kernel';
import { encodeLink, type Inbound, type ParkedRecord, type Watermark } from '@murmuration/messaging';
import type { NewRecord } from '../world/log';
import type { Stage } from './stage';

/** `payments.payment-authorized.v1` is `payment-authorized`, as a script says it. */
export const wordOf = (name: string): string => name.split('.')[1] ?? name;

export const words = (said: readonly Heard[]): readonly string[] => said.map(({ name }) => wordOf(name));

/** How often an event was said of an order. */
export const timesSaid = ({ said }: Stage, orderId: string, word: string): number =>
  words(said(orderId)).filter((each) => each === word).length;

/** Waits until an event is said of an order. */
export const isSaid = (stage: Stage, orderId: string, word: string, withinMs?: number): Promise<void> =>
  stage.until(`${word} is said`, () => timesSaid(stage, orderId, word) > 0, withinMs);

/** Waits until an event of an order stands in the topic of its service. */
export const isSent = (stage: Stage, service: ServiceName, orderId: string, word: string): Promise<void> =>
  stage.until(`${word} is sent`, () => recordsOf(stage, service, orderId).some(about(word)));

/** Waits until an order has a status. */
export const reaches = ({ until, standing }: Stage, orderId: string, status: string, withinMs?: number) =>
  until(`the order is ${status}`, () => standing(orderId)?.status === status, withinMs);

/** Whether a record is about an event, and of an order unless any will do. */
export const about =
  (word: string, orderId?: string) =>
  ({ key, headers }: Pick<NewRecord, 'key' | 'headers'>): boolean =>
    wordOf(headers['ce_type'] ?? '') === word && (orderId === undefined || key === orderId);

/** What inventory said of a SKU last. */
export const levelOf = async ({ events }: Stage, sku: string): Promise<StockLevel> => {
  const newest = (await events('inventory', stockStream(sku))).at(-1);
  const { level } = JSON.parse(newest?.data ?? '{}') as { readonly level?: StockLevel }; // because events of stock tell it
  return level ?? { received: 0, adjusted: 0, held: 0, committed: 0, available: 0 };
};

const DECIDING = ['orders', 'inventory', 'payments', 'shipping'] as const;

/** What the outside world could tell of the flock: its books, and everything that was stored or sent. */
export type Footprint = { readonly events: number; readonly books: string; readonly calls: number };

export const footprint = async ({ world, told }: Stage): Promise<Footprint> => {
  const positions = await Promise.all(
    DECIDING.map((service) => world.serviceOf(service).database.tables.store.lastPosition(0)),
  );
  return {
    events: positions.reduce((sum, position) => sum + position, 0),
    books: JSON.stringify([[...world.provider.ledgers], [...world.carrier.ledgers]]),
    calls: told(({ to }) => to === 'provider' || to === 'carrier'),
  };
};

export const isSame = (before: Footprint, after: Footprint): boolean =>
  before.events === after.events && before.books === after.books && before.calls === after.calls;

/** How many services have a step that hears an event. */
export const hearersOf = ({ world }: Stage, word: string): number =>
  [...world.services.values()].filter(({ binding }) => binding.heard.some((name) => wordOf(name) === word)).length;

/** How many services follow the topic of one. */
export const followersOf = ({ world }: Stage, source: ServiceName): number =>
  [...world.services.values()].filter(({ binding }) => binding.heard.some((name) => name.startsWith(`${source}.`)))
    .length;

/** The processes of the flock that run, as `payments-1`. */
export const nodesOf = ({ world }: Stage): readonly string[] =>
  [...world.services.values()].flatMap(({ nodes }) => nodes.map(({ process }) => process.name.split('/')[0] ?? ''));

export const parkedAt = ({ world }: Stage, service: string): Promise<readonly ParkedRecord[]> =>
  world.serviceOf(service).database.tables.inbox.listParked({ limit: 1_000 });

export const parkedAnywhere = async (stage: Stage): Promise<readonly ParkedRecord[]> =>
  (await Promise.all([...stage.world.services.keys()].map((service) => parkedAt(stage, service)))).flat();

/** The records of a topic that are about an order, in the order of the topic-partition. */
export const recordsOf = ({ world: { log } }: Stage, service: ServiceName, orderId: string): readonly Inbound[] => {
  const topic = topicOf(service);
  const partition = partitionOf(orderId, log.broker.partitionsOf(topic));
  const all = log.broker.read(topic, partition, 0, log.broker.endOffset(topic, partition));
  return all.filter(({ key }) => key === orderId);
};

/** What a record claims to be, when that is not what it is. */
type Claim = { readonly type?: string; readonly hop?: number; readonly with?: object };

/**
 * Another log partition of a service, whose relay says what the script wants it to: what that service would never say, with
 * links as they must be.
 */
export const otherRelay = ({ world: { log }, now }: Stage, source: ServiceName) => {
  const lastSent = new Map<number, Watermark>();
  let position = 0;
  return {
    say: (
      { name, data }: Pick<Heard, 'name' | 'data'>,
      { type = name, hop = 1, with: other = {} }: Claim = {},
    ): void => {
      const topic = topicOf(source);
      const id = derivedId('other relay', source, String(++position));
      const event = { name, data: { ...data, ...other } } as IntegrationEvent; // because a name and its data come together
      const provenance = { id, source, time: now(), correlationId: id, causationId: id, hop };
      const { key, value, headers } = encodeRecord(event, provenance);
      const partition = partitionOf(key, log.broker.partitionsOf(topic));
      const previous = lastSent.get(partition);
      const own = { position, eventId: id };
      lastSent.set(partition, own);
      const link = encodeLink({ source, logPartition: 1, ...own, ...(previous && { previous }) });
      log.store([
        { topic, partition, key, value: Buffer.from(value), headers: { ...headers, ...link, ce_type: type } },
      ]);
    },
  };
};

/** A command with all fields that its service needs; the gateway does not care about its type. */
export const command = (fields: Record<string, unknown> & { readonly type: string }) =>
  fields as Message & { readonly orderId?: string };
