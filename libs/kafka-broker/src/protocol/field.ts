import { assert } from '@murmuration/kernel';
import { KafkaBrokerError } from '../kafka-broker-error';
import type { Reader } from './reader';
import { Writer } from './writer';

/** The version of a message being read or written, and whether it uses compact lengths and tagged fields. */
export type At = { readonly version: number; readonly flexible: boolean };

/** How one kind of value lies on the wire. `null` is written and accepted only where the field allows it. */
type Wire<Out, In> = {
  read(reader: Reader, at: At): Out | null;
  write(writer: Writer, value: In | null, at: At): void;
};

const VERSION_MAX = 0x7fff;

type Range = {
  readonly from: number;
  readonly to: number;
  readonly nullableFrom: number;
  readonly tag: number | undefined;
};

/**
 * One field of a message table. `Out` is what decoding gives, `In` what encoding takes; an `Optional` field may be left out
 * when encoding, its default is written then. A version that lacks the field decodes to the default.
 */
export class Field<Out, In, Optional extends boolean> {
  declare readonly optional: Optional;
  declare readonly accepts: In;

  constructor(
    readonly wire: Wire<unknown, unknown>,
    readonly otherwise: Out,
    readonly range: Range = { from: 0, to: VERSION_MAX, nullableFrom: Infinity, tag: undefined },
  ) {}

  private with(range: Partial<Range>): Field<Out, In, Optional> {
    return new Field(this.wire, this.otherwise, { ...this.range, ...range });
  }

  since(from: number): Field<Out, In, Optional> {
    return this.with({ from });
  }

  between(from: number, to: number): Field<Out, In, Optional> {
    return this.with({ from, to });
  }

  /** In the tagged section of flexible versions: written only when it differs from the default. */
  tagged(tag: number): Field<Out, In, true> {
    return new Field(this.wire, this.otherwise, { ...this.range, tag });
  }

  nullableSince(nullableFrom: number): Field<Out | null, In | null, Optional> {
    return new Field<Out | null, In | null, Optional>(this.wire, this.otherwise, { ...this.range, nullableFrom });
  }

  or(otherwise: Out): Field<Out, In, true> {
    return new Field(this.wire, otherwise, this.range);
  }

  existsIn(version: number): boolean {
    return version >= this.range.from && version <= this.range.to;
  }
}

type AnyField = Field<unknown, unknown, boolean>;
export type Fields = { readonly [name: string]: AnyField };

type OutOf<F> = F extends Field<infer Out, unknown, boolean> ? Out : never;
type InOf<F> = F extends Field<unknown, infer In, boolean> ? In : never;
type Simplify<T> = { [K in keyof T]: T[K] } & {};

export type Decoded<F extends Fields> = Simplify<{ readonly [K in keyof F]: OutOf<F[K]> }>;
export type Encodable<F extends Fields> = Simplify<
  { readonly [K in keyof F as F[K] extends { optional: true } ? never : K]: InOf<F[K]> } & {
    readonly [K in keyof F as F[K] extends { optional: true } ? K : never]?: InOf<F[K]>;
  }
>;

type Entry = readonly [name: string, field: AnyField];
type Plan = {
  readonly inline: readonly Entry[];
  readonly tagged: readonly Entry[];
  readonly absent: readonly Entry[];
};

/** The fields of a struct in wire order, planned once per version. */
export class Struct<F extends Fields> {
  private readonly plans = new Map<number, Plan>();

  constructor(private readonly fields: F) {}

  private plan(version: number): Plan {
    let plan = this.plans.get(version);
    if (plan === undefined) {
      const entries = Object.entries(this.fields);
      const present = entries.filter(([, field]) => field.existsIn(version));
      plan = {
        inline: present.filter(([, field]) => field.range.tag === undefined),
        tagged: present.filter(([, field]) => field.range.tag !== undefined),
        absent: entries.filter(([, field]) => !field.existsIn(version)),
      };
      this.plans.set(version, plan);
    }
    return plan;
  }

  read(reader: Reader, at: At): Decoded<F> {
    const { inline, tagged, absent } = this.plan(at.version);
    const value: Record<string, unknown> = {};
    for (const [name, field] of inline) value[name] = readField(name, field, reader, at);
    for (const [name, field] of absent) value[name] = field.otherwise;
    for (const [name, field] of tagged) value[name] = field.otherwise;
    if (at.flexible) {
      reader.taggedFields((tag) => {
        const entry = tagged.find(([, field]) => field.range.tag === tag);
        if (entry !== undefined) value[entry[0]] = readField(entry[0], entry[1], reader, at);
      });
    }
    return value as Decoded<F>;
  }

  write(writer: Writer, value: Encodable<F>, at: At): void {
    const { inline, tagged } = this.plan(at.version);
    const values = value as Record<string, unknown>;
    for (const [name, field] of inline) writeField(name, field, values[name], writer, at);
    if (!at.flexible) return;
    const given = tagged.filter(([name, field]) => name in values && values[name] !== field.otherwise);
    writer.uvarint(given.length);
    for (const [name, field] of given) {
      const content = new Writer();
      writeField(name, field, values[name], content, at);
      writer.uvarint(field.range.tag!);
      writer.uvarint(content.length);
      writer.raw(content.concat());
    }
  }
}

const readField = (name: string, field: AnyField, reader: Reader, at: At): unknown => {
  const value = field.wire.read(reader, at);
  if (value === null && at.version < field.range.nullableFrom) {
    throw new KafkaBrokerError('malformed-request', `${name} must not be null in version ${at.version}`);
  }
  return value;
};

const writeField = (name: string, field: AnyField, value: unknown, writer: Writer, at: At): void => {
  const given = value === undefined ? field.otherwise : value;
  assert(given !== null || at.version >= field.range.nullableFrom, `${name} is not null in version ${at.version}`);
  field.wire.write(writer, given, at);
};

const scalar = <T>(
  read: (reader: Reader, at: At) => T | null,
  write: (writer: Writer, value: T, at: At) => void,
  otherwise: T,
): Field<T, T, false> => new Field({ read, write: write }, otherwise);

export const int8 = scalar(
  (reader) => reader.int8(),
  (writer, value) => writer.int8(value),
  0,
);
export const int16 = scalar(
  (reader) => reader.int16(),
  (writer, value) => writer.int16(value),
  0,
);
export const int32 = scalar(
  (reader) => reader.int32(),
  (writer, value) => writer.int32(value),
  0,
);
export const int64 = scalar(
  (reader) => reader.int64(),
  (writer, value) => writer.int64(value),
  0,
);
export const bool = scalar<boolean>(
  (reader) => reader.boolean(),
  (writer, value) => writer.boolean(value),
  false,
);
export const ZERO_UUID = '00000000-0000-0000-0000-000000000000';
export const uuid = scalar<string>(
  (reader) => reader.uuid(),
  (writer, value) => writer.uuid(value),
  ZERO_UUID,
);

export const string = scalar<string>(
  (reader, at) => {
    const length = reader.stringLength(at.flexible);
    return length === null ? null : reader.text(length);
  },
  (writer, value: string | null, at) => {
    if (value !== null) writer.string(value, at.flexible);
    else if (at.flexible) writer.uvarint(0);
    else writer.int16(-1);
  },
  '',
);

/** Opaque bytes; decoding gives a view of the frame. */
export const bytes = scalar<Buffer>(
  (reader, at) => {
    const length = reader.bytesLength(at.flexible);
    return length === null ? null : reader.slice(length);
  },
  (writer, value: Buffer | null, at) => {
    if (value === null) writer.arrayLength(null, at.flexible);
    else writer.byteString(value, at.flexible);
  },
  Buffer.alloc(0),
);

/** Record batches: one view when decoded, a list of parts taken by reference when encoded. */
export const records = new Field<Buffer | null, readonly Buffer[], false>(
  {
    read: (reader, at) => bytes.wire.read(reader, at),
    write: (writer, value, at) => writer.records(value as readonly Buffer[], at.flexible),
  },
  null,
).nullableSince(0);

const listOf = (wire: Wire<unknown, unknown>): Wire<unknown, unknown> => ({
  read: (reader, at) => {
    const length = reader.arrayLength(at.flexible);
    if (length === null) return null;
    const list: unknown[] = [];
    for (let index = 0; index < length; index++) list.push(wire.read(reader, at));
    return list;
  },
  write: (writer, value, at) => {
    const list = value as readonly unknown[] | null;
    writer.arrayLength(list === null ? null : list.length, at.flexible);
    for (const element of list ?? []) wire.write(writer, element, at);
  },
});

/** An array of structs. */
export const arrayOf = <F extends Fields>(fields: F): Field<readonly Decoded<F>[], readonly Encodable<F>[], false> => {
  const struct = new Struct(fields);
  return new Field(
    listOf({
      read: (reader, at) => struct.read(reader, at),
      write: (writer, value, at) => struct.write(writer, value as Encodable<F>, at),
    }),
    [],
  );
};

/** A struct inside a struct: used here only in tagged sections. */
export const nested = <F extends Fields>(fields: F, otherwise: Decoded<F>): Field<Decoded<F>, Encodable<F>, false> => {
  const struct = new Struct(fields);
  return new Field(
    {
      read: (reader, at) => struct.read(reader, at),
      write: (writer, value, at) => struct.write(writer, value as Encodable<F>, at),
    },
    otherwise,
  );
};

/** An array of scalars. */
export const listOfScalar = <T>(element: Field<T, T, false>): Field<readonly T[], readonly T[], false> =>
  new Field(listOf(element.wire), []);
