import { contractOf, EVENTS, type BoundReaction, type Heard } from '@murmuration/contracts';
import { accept, assert, type DecisionModel } from '@murmuration/kernel';

/** Keeps what was heard; it refuses nothing. */
export type ArchiveCommand = { readonly type: 'Archive'; readonly heard: Heard };
export type Archived = { readonly type: 'Archived'; readonly heard: Heard };
export type ArchiveRejection = never;

const PREFIXES: Readonly<Record<string, string>> = {
  orderId: 'saga',
  sku: 'stock',
  customerId: 'customer',
  parkedId: 'parked',
};

export const sagaStream = (orderId: string): string => `saga-${orderId}`;
export const stockStream = (sku: string): string => `stock-${sku}`;
export const customerStream = (customerId: string): string => `customer-${customerId}`;

/** All that is heard about one order, one SKU, one customer or one parked record lies in one stream. */
const streamOf = ({ name, subject }: Heard): string => {
  const prefix = PREFIXES[contractOf(name)?.key ?? ''];
  assert(prefix !== undefined, `a stream for what ${name} is about`);
  return `${prefix}-${subject}`;
};

/** The archive decides nothing, so it reads nothing: an event goes to the end of its stream, whatever that is. */
export const archiveModel: DecisionModel<ArchiveCommand, Archived, undefined, ArchiveRejection> = {
  streamsOf: () => [],
  streamOf: ({ heard }) => streamOf(heard),
  initial: () => undefined,
  evolve: () => undefined,
  decide: ({ heard }) => accept({ type: 'Archived', heard }),
};

/** How an archived event is stored, as far as it depends on the event. */
export type StoredArchived = { readonly type: string; readonly schemaVersion: number; readonly data: string };

/** Archived events are stored under the names they were heard by. */
export const archiveCodec: {
  readonly encode: (event: Archived) => StoredArchived;
  readonly decode: (stored: StoredArchived) => Archived;
} = {
  encode: ({ heard: { name, ...rest } }) => ({ type: name, schemaVersion: 1, data: JSON.stringify(rest) }),
  decode: ({ type, data }) => ({ type: 'Archived', heard: { name: type, ...(JSON.parse(data) as object) } as Heard }), // because it was heard by its contract
};

/** Projections hear everything. */
export const HEARD_BY_PROJECTIONS: readonly string[] = EVENTS.map(({ name }) => name);

const NEVER_STALE: ReadonlySet<string> = new Set();

/** Personal fields are for the steps that the contract names, and the archive is none of them. */
const withoutPersonal = (heard: Heard): Heard => {
  const personal = contractOf(heard.name)?.personal ?? {};
  const kept = Object.entries(heard.data).filter(([field]) => !(field in personal));
  return { ...heard, data: Object.fromEntries(kept) as Heard['data'] }; // because no view reads a personal field
};

/** Whatever is heard is kept, but for what is personal. */
export const archiveReaction = (heard: Heard): BoundReaction<ArchiveCommand> => ({
  step: 'archive',
  commands: [{ type: 'Archive', heard: withoutPersonal(heard) }],
  stale: NEVER_STALE,
});
