import { z } from 'zod';

/** The part of JSON Schema 2020-12 that the published language is made of. */
export type JsonSchema = {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly 'x-personal'?: unknown;
  readonly [keyword: string]: unknown;
};

/** What a hearer accepts, as JSON Schema: more fields than the named ones, too. */
export const jsonSchemaOf = (schema: z.ZodType, target: 'draft-2020-12' | 'draft-7' = 'draft-2020-12'): JsonSchema => {
  const { $schema: _, ...written } = z.toJSONSchema(schema, { io: 'input', target });
  return written as JsonSchema; // because zod's type of it is wider than what it writes for these schemas
};
