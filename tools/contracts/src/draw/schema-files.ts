import { versionsOf, type EventContract } from '@murmuration/contracts';
import { jsonSchemaOf, type JsonSchema } from '../schema/json-schema';
import { wordOf } from '../check/choreography';

export const schemaFileOf = (name: string): string => `${name}.schema.json`;

const sentenceOf = ({ service, key, terminal }: EventContract): string =>
  `Said by ${service}, keyed by ${key}${terminal ? '; heard by projections alone' : ''}. Readers tolerate more fields.`;

/** The JSON Schema of one event version, with its example where it is the one that is said. */
const schemaOf = (event: EventContract, name: string, schema: EventContract['schema']): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: schemaFileOf(name),
  title: wordOf(name),
  description: sentenceOf(event),
  ...jsonSchemaOf(schema),
  ...(name === event.name ? { examples: [event.example] } : {}),
});

/** By file name. */
export const schemaFiles = (events: readonly EventContract[]): ReadonlyMap<string, JsonSchema> =>
  new Map(
    events.flatMap((event) =>
      versionsOf(event).map(({ name, schema }) => [schemaFileOf(name), schemaOf(event, name, schema)] as const),
    ),
  );
