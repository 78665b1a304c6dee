import { isInstant, type Instant } from '@murmuration/kernel';
import { contractOf, keyOf, type IntegrationData, type IntegrationEvent, type IntegrationEventName } from './catalogue';

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
  | { readonly kind: 'unknown-type'; readonly type: string }
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

/** Reads a record by its contract. Fields that the contract does not know are tolerated and dropped. */
export const decodeRecord = (headers: Readonly<Record<string, string | undefined>>, value: string | null): Decoded => {
  const { ce_type: type, ce_id: id, ce_source: source, ce_time: time } = headers;
  if (type === undefined) return undecodable('no ce_type header');
  const contract = contractOf(type);
  if (contract === undefined) return { kind: 'unknown-type', type };
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
  const parsed = contract.schema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return undecodable(
      `${type}: ${issue?.path.join('.') || 'payload'}: ${issue?.message ?? 'does not fit the contract'}`,
    );
  }
  const subject = String((parsed.data as Record<string, unknown>)[contract.key]);
  const event = {
    id,
    name: type,
    source,
    subject,
    time,
    correlationId: headers['ce_correlationid'] ?? subject,
    causationId: headers['ce_causationid'] ?? id,
    hop,
    ...(headers['traceparent'] === undefined ? {} : { traceparent: headers['traceparent'] }),
    data: parsed.data,
  };
  return { kind: 'heard', event: event as Heard }; // because the contract just checked that name and data belong together
};
