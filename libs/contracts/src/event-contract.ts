import type { z } from 'zod';

export const SERVICES = ['orders', 'inventory', 'payments', 'shipping', 'projections'] as const;
export type ServiceName = (typeof SERVICES)[number];

/** The Kafka topic that a service announces on. */
export const topicOf = (service: ServiceName): string => `${service}.events.v1`;

/** One event of the published language: the payload's schema, its record key, and an example that must stay readable for ever. */
export type EventContract<Name extends string = string, Data = unknown> = {
  /** `<service>.<event>.v<version>`, the CloudEvents type. */
  readonly name: Name;
  readonly service: ServiceName;
  readonly topic: string;
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

/** Declares version 1 of an event of `service`. */
export const declareEvent =
  <Service extends ServiceName>(service: Service) =>
  <Event extends string, Schema extends z.ZodType>(
    event: Event,
    declaration: {
      readonly schema: Schema;
      readonly key: keyof z.infer<Schema> & string;
      readonly personal?: { readonly [Field in keyof z.infer<Schema> & string]?: readonly string[] };
      readonly terminal?: boolean;
      readonly example: z.infer<Schema>;
    },
  ): EventContract<`${Service}.${Event}.v1`, z.infer<Schema>> => ({
    name: `${service}.${event}.v1`,
    service,
    topic: topicOf(service),
    schema: declaration.schema as unknown as z.ZodType<z.infer<Schema>>, // because zod's own inference widens through a generic
    key: declaration.key,
    personal: (declaration.personal ?? {}) as Readonly<Record<string, readonly string[]>>,
    terminal: declaration.terminal ?? false,
    example: declaration.example,
  });
