import { assert } from '@murmuration/kernel';
import type { z } from 'zod';

export const SERVICES = ['orders', 'inventory', 'payments', 'shipping', 'projections'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** The Kafka topic that a service announces on. */
export const topicOf = (service: ServiceName): string => `${service}.events.v1`;

/** A version of an event that is said no more, but may still be read: in a topic, an archive, or from a service of before. */
export type EarlierVersion = {
  readonly schema: z.ZodType;
  /** Makes of its payload one of the version after it. Never fails for what its schema accepts. */
  readonly lift: (data: never) => unknown;
};

/** One event of the published language: the payload's schema, its record key, and an example that must stay readable for ever. */
export type EventContract<Name extends string = string, Data = unknown> = {
  /** `<service>.<event>.v<version>`, the CloudEvents type. */
  readonly name: Name;
  readonly service: ServiceName;
  readonly topic: string;
  /** Counted from 1. */
  readonly version: number;
  /** The versions before, the first one first. */
  readonly earlier: readonly EarlierVersion[];
  readonly schema: z.ZodType<Data>;
  /** The payload field whose value is the record key and the CloudEvents subject. */
  readonly key: string;
  /** Payload fields with personal data, each with the steps that need it. */
  readonly personal: Readonly<Record<string, readonly string[]>>;
  /** True when no step needs to hear it: projections alone listen. */
  readonly terminal: boolean;
  readonly example: Data;
};

export type DataOf<Contract> = Contract extends EventContract<string, infer Data> ? Data : never;

/** Declares how a version that has been shipped is read from now on. */
export const earlierVersion = <Schema extends z.ZodType>(
  schema: Schema,
  lift: (data: z.infer<Schema>) => unknown,
): EarlierVersion => ({ schema, lift });

/** Declares an event of `service`, of version 1 unless it says otherwise; a later version names all `earlier` ones. */
export const declareEvent =
  <Service extends ServiceName>(service: Service) =>
  <Event extends string, Schema extends z.ZodType, const Version extends number = 1>(
    event: Event,
    declaration: {
      readonly version?: Version;
      readonly earlier?: readonly EarlierVersion[];
      readonly schema: Schema;
      readonly key: keyof z.infer<Schema> & string;
      readonly personal?: { readonly [Field in keyof z.infer<Schema> & string]?: readonly string[] };
      readonly terminal?: boolean;
      readonly example: z.infer<Schema>;
    },
  ): EventContract<`${Service}.${Event}.v${Version}`, z.infer<Schema>> => {
    const { version = 1 as Version, earlier = [] } = declaration; // because that is what an absent version means
    assert(earlier.length === version - 1, `every version of ${event} before ${version} is declared`);
    return {
      name: `${service}.${event}.v${version}`,
      service,
      topic: topicOf(service),
      version,
      earlier,
      schema: declaration.schema as unknown as z.ZodType<z.infer<Schema>>, // because zod's own inference widens through a generic
      key: declaration.key,
      personal: (declaration.personal ?? {}) as Readonly<Record<string, readonly string[]>>,
      terminal: declaration.terminal ?? false,
      example: declaration.example,
    };
  };

export type EventVersion = { readonly name: string; readonly version: number; readonly schema: z.ZodType };

/** All versions of an event that can be read, by their full names; the last one is the one that is said. */
export const versionsOf = ({ name, version, earlier, schema }: EventContract): readonly EventVersion[] => {
  const stem = name.slice(0, name.lastIndexOf('.v'));
  const before = earlier.map((earlierOne, index) => ({
    name: `${stem}.v${index + 1}`,
    version: index + 1,
    schema: earlierOne.schema,
  }));
  return [...before, { name, version, schema }];
};
