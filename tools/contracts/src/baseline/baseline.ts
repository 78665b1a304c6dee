import { versionsOf, type EventContract } from '@murmuration/contracts';
import { differences } from '../schema/compatibility';
import { jsonSchemaOf, type JsonSchema } from '../schema/json-schema';

/** What was shipped, by the full name of each event version: its schema, and an example that must stay readable for ever. */
export type Baseline = {
  readonly schemas: ReadonlyMap<string, JsonSchema>;
  readonly golden: ReadonlyMap<string, unknown>;
};

/** What must be written to make the baseline complete, and what may not be. */
export type BaselineUpdate = {
  /** Versions that are new, and versions that have grown by optional fields. */
  readonly schemas: ReadonlyMap<string, JsonSchema>;
  /** Never of a version that has one. */
  readonly golden: ReadonlyMap<string, unknown>;
  /** Versions that changed in ways that a baseline may not follow. */
  readonly refused: readonly string[];
};

/** What is missing in a baseline. It follows a version that grew compatibly, and refuses every other change. */
export const updateOf = (events: readonly EventContract[], baseline: Baseline): BaselineUpdate => {
  const schemas = new Map<string, JsonSchema>();
  const golden = new Map<string, unknown>();
  const refused: string[] = [];
  for (const event of events) {
    for (const { name, schema } of versionsOf(event)) {
      const [before, now] = [baseline.schemas.get(name), jsonSchemaOf(schema)];
      const changes = before === undefined ? [] : differences(before, now);
      if (changes.some(({ compatible }) => !compatible)) refused.push(name);
      else if (before === undefined || changes.length > 0) schemas.set(name, now);
    }
    if (!baseline.golden.has(event.name)) golden.set(event.name, event.example);
  }
  return { schemas, golden, refused };
};
