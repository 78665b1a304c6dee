import { isInstant, type Instant } from '@murmuration/kernel';
import { EVENTS, keyOf, type IntegrationData, type IntegrationEvent, type IntegrationEventName } from './catalogue';
import { versionsOf, type EarlierVersion, type EventContract } from './event-contract';

/** An integration event as it was heard: CloudEvents attributes and the payload. */
export type Heard<Name extends IntegrationEventName = IntegrationEventName> = {
  readonly id: string;
  readonly name: Name;
  readonly source: string;
  readonly subject: string;
  readonly time: Instant;
  readonly correlationId: string;
  readonly causationId: string;
  readonly hop: number;
  readonly traceparent?: string;
  readonly data: IntegrationData<Name>;
};

/** A Kafka record in CloudEvents 1.0 binary mode: attributes as headers, the payload as JSON. */
export type WireRecord = {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** What a hearer makes of a record: the event, or why it cannot be read. */
export type Decoded =
  | { readonly kind: 'heard'; readonly event: Heard }
  /** An event that the contract knows, in a version that it does not: to be read by code that is still to come. */
  | { readonly kind: 'unknown-version'; readonly type: string; readonly reason: string }
  /** An event that nobody has declared. */
  | { readonly kind: 'unknown-type'; readonly type: string; readonly reason: string }
  | { readonly kind: 'undecodable'; readonly reason: string };

/** The path that an event has come: what identifies it and what it follows from. */
export type Provenance = Omit<Heard, 'name' | 'data' | 'subject'>;

/** More hops than any run of the choreography takes; an event beyond it is part of a cycle. */
export const HOP_MAX = 64;

export const encodeRecord = (event: IntegrationEvent, provenance: Provenance): WireRecord => ({
  key: keyOf(event),
  value: JSON.stringify(event.data),
  headers: {
    ce_specversion: '1.0',
    ce_id: provenance.id,
    ce_type: event.name,
    ce_source: provenance.source,
    ce_subject: keyOf(event),
    ce_time: provenance.time,
    'content-type': 'application/json',
    ce_correlationid: provenance.correlationId,
    ce_causationid: provenance.causationId,
    hop: String(provenance.hop),
    ...(provenance.traceparent === undefined ? {} : { traceparent: provenance.traceparent }),
  },
});

const undecodable = (reason: string): Decoded => ({ kind: 'undecodable', reason });

const parseJson = (text: string): { readonly json?: unknown; readonly failed?: true } => {
  try {
    return { json: JSON.parse(text) as unknown };
  } catch {
    return { failed: true };
  }
};

/** How one version of an event is read. */
type Reading = {
  readonly contract: EventContract;
  readonly schema: EventContract['schema'];
  readonly lifts: readonly EarlierVersion['lift'][];
};

type Parsed = { readonly data: Readonly<Record<string, unknown>> } | { readonly reason: string };

const parse = (name: string, schema: EventContract['schema'], payload: unknown): Parsed => {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return { data: parsed.data as Readonly<Record<string, unknown>> }; // because payloads are objects
  const [issue] = parsed.error.issues;
  return {
    reason: `${name}: ${issue?.path.join('.') || 'payload'}: ${issue?.message ?? 'does not fit the contract'}`,
  };
};

/** What a version said, as the version of today would say it. */
const read = (type: string, { contract, schema, lifts }: Reading, payload: unknown): Parsed => {
  const said = parse(type, schema, payload);
  if ('reason' in said || lifts.length === 0) return said;
  const lifted = lifts.reduce<unknown>((data, lift) => lift(data as never), said.data); // because each fits the one before
  return parse(contract.name, contract.schema, lifted);
};

const readings = (contracts: readonly EventContract[]): ReadonlyMap<string, Reading> =>
  new Map(
    contracts.flatMap((contract) => {
      const lifts = contract.earlier.map(({ lift }) => lift);
      return versionsOf(contract).map(({ name, schema }, index): [string, Reading] => [
        name,
        { contract, schema, lifts: lifts.slice(index) },
      ]);
    }),
  );

const VERSION = /\.v\d+$/;

/** Says why there is no reading for a type, and whether another version of the same event has one. */
const unknown = (type: string, byType: ReadonlyMap<string, Reading>): Decoded => {
  const stem = type.replace(VERSION, '');
  const known = [...byType.keys()].filter((name) => VERSION.test(type) && name.replace(VERSION, '') === stem);
  const reason = `no contract for events of type ${type}`;
  return known.length === 0
    ? { kind: 'unknown-type', type, reason }
    : { kind: 'unknown-version', type, reason: `${reason}; known here: ${known.join(', ')}` };
};

/**
 * Makes the reader of a published language. A record is read by the contract of its version, and told in the words of the
 * newest. Fields that the contract does not know are tolerated and dropped.
 */
export const recordDecoder = (contracts: readonly EventContract[]) => {
  const byType = readings(contracts);
  return (headers: Readonly<Record<string, string | undefined>>, value: string | null): Decoded => {
    const { ce_type: type, ce_id: id, ce_source: source, ce_time: time } = headers;
    if (type === undefined) return undecodable('no ce_type header');
    const reading = byType.get(type);
    if (reading === undefined) return unknown(type, byType);
    if (id === undefined || id === '') return undecodable('no ce_id header');
    if (source === undefined || source === '') return undecodable('no ce_source header');
    if (time === undefined || !isInstant(time))
      return undecodable(`ce_time is not an instant: ${JSON.stringify(time ?? null)}`);
    const hop = Number(headers['hop'] ?? '0');
    if (!Number.isSafeInteger(hop) || hop < 0)
      return undecodable(`hop is not a count: ${JSON.stringify(headers['hop'])}`);
    if (hop > HOP_MAX) return undecodable(`more than ${HOP_MAX} hops: a cycle of events`);
    if (value === null) return undecodable('no value');
    const { json, failed } = parseJson(value);
    if (failed) return undecodable('the value is not JSON');
    const parsed = read(type, reading, json);
    if ('reason' in parsed) return undecodable(parsed.reason);
    const { name, key } = reading.contract;
    const subject = String(parsed.data[key]);
    const event = {
      id,
      name,
      source,
      subject,
      time,
      correlationId: headers['ce_correlationid'] ?? subject,
      causationId: headers['ce_causationid'] ?? id,
      hop,
      ...(headers['traceparent'] === undefined ? {} : { traceparent: headers['traceparent'] }),
      data: parsed.data,
    };
    return { kind: 'heard', event: event as unknown as Heard }; // because the contract just checked that name and data belong together
  };
};

/** Reads a record of the flock. */
export const decodeRecord = recordDecoder(EVENTS);
