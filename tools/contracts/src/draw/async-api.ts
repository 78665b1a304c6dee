import { SERVICES, topicOf, type EventContract, type ServiceName, type Step } from '@murmuration/contracts';
import { stringify } from 'yaml';
import { saidBy, serviceOf, wordOf, type Choreography } from '../check/choreography';
import { jsonSchemaOf } from '../schema/json-schema';

type Json = Readonly<Record<string, unknown>>;

const ref = (path: string): Json => ({ $ref: `#/${path}` });

/** CloudEvents 1.0 in Kafka's binary mode. */
const HEADERS: Json = {
  type: 'object',
  required: [
    'ce_specversion',
    'ce_id',
    'ce_type',
    'ce_source',
    'ce_subject',
    'ce_time',
    'content-type',
    'ce_correlationid',
    'ce_causationid',
    'hop',
  ],
  properties: {
    ce_specversion: { type: 'string', const: '1.0' },
    ce_id: {
      type: 'string',
      format: 'uuid',
      description: 'The id of the stored event; the same however often it is delivered.',
    },
    ce_type: { type: 'string', description: 'The full name of the event with its version.' },
    ce_source: { type: 'string', enum: [...SERVICES] },
    ce_subject: { type: 'string', description: 'The record key: what the event is about.' },
    ce_time: { type: 'string', format: 'date-time' },
    'content-type': { type: 'string', const: 'application/json' },
    ce_correlationid: { type: 'string', description: 'The saga.' },
    ce_causationid: { type: 'string', description: 'The event or command that led to this one.' },
    hop: { type: 'string', pattern: '^\\d+$', description: 'How many events led to this one.' },
    traceparent: { type: 'string', description: 'W3C trace context.' },
  },
};

const message = (event: EventContract): Json => ({
  name: event.name,
  title: wordOf(event.name),
  summary: event.terminal ? 'Heard by projections alone.' : 'Heard by steps of other services.',
  contentType: 'application/json',
  headers: ref('components/schemas/headers'),
  payload: ref(`components/schemas/${event.name}`),
  correlationId: { location: '$message.header#/ce_correlationid' },
  bindings: {
    kafka: { key: { type: 'string', description: `The ${event.key} of the payload.` }, bindingVersion: '0.5.0' },
  },
  examples: [{ name: 'golden', payload: event.example }],
});

const channel = (service: ServiceName, events: readonly EventContract[]): Json => ({
  address: topicOf(service),
  title: `What ${service} says`,
  messages: Object.fromEntries(
    events
      .filter((event) => event.service === service)
      .map(({ name }) => [wordOf(name), ref(`components/messages/${name}`)]),
  ),
  bindings: { kafka: { topic: topicOf(service), bindingVersion: '0.5.0' } },
});

const messageRef = (event: string): Json => ref(`channels/${serviceOf(event)}/messages/${wordOf(event)}`);

const operation = (action: 'send' | 'receive', step: Step, of: string, events: readonly string[]): Json => ({
  action,
  title: `${step.service}: ${step.name}`,
  channel: ref(`channels/${of}`),
  messages: events.map(messageRef),
  tags: [{ name: step.service }, { name: step.kind }],
});

/** What a step says is one operation; what it hears is one for each service that it hears. */
const operationsOf = (step: Step): readonly (readonly [string, Json])[] => {
  const id = `${step.service}-${step.name}`;
  const said = saidBy(step);
  const sources = [...new Set(step.hears.map(serviceOf))];
  return [
    ...sources.map((source): [string, Json] => [
      `${id}-hears-${source}`,
      operation(
        'receive',
        step,
        source,
        step.hears.filter((event) => serviceOf(event) === source),
      ),
    ]),
    ...(said.length === 0 ? [] : [[`${id}-says`, operation('send', step, step.service, said)] as const]),
  ];
};

/** The published language as an AsyncAPI 3 document, in YAML. */
export const asyncApi = ({ events, steps }: Choreography): string =>
  stringify(
    {
      asyncapi: '3.0.0',
      info: {
        title: 'Murmuration',
        version: '1.0.0',
        description:
          'The events through which the services of the flock fulfil orders. Each service says what it has decided on a topic of its own; every event is keyed, and order is kept per key.',
      },
      defaultContentType: 'application/json',
      servers: {
        flock: { host: 'localhost:9092', protocol: 'kafka', description: 'The broker of a flock on one machine.' },
      },
      channels: Object.fromEntries(SERVICES.map((service) => [service, channel(service, events)])),
      operations: Object.fromEntries(steps.flatMap(operationsOf)),
      components: {
        messages: Object.fromEntries(events.map((event) => [event.name, message(event)])),
        schemas: {
          headers: HEADERS,
          ...Object.fromEntries(events.map(({ name, schema }) => [name, jsonSchemaOf(schema, 'draft-7')])),
        },
      },
    },
    { aliasDuplicateObjects: false, lineWidth: 0 },
  );
