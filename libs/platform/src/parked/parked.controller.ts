import { instant } from '@murmuration/contracts';
import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Inbox, ParkedKind, ParkedRecord } from '@murmuration/messaging';
import { z } from 'zod';
import { Answers, Lists, Reads } from '../http/docs';
import { problem } from '../http/problem';
import { pageLimit } from '../http/query-schemas';

export const PARKED_RECORDS = Symbol('parked records');

export type ParkedRecords = Pick<Inbox, 'listParked' | 'findParked' | 'countParked' | 'wish' | 'edit' | 'readTrail'>;

const PAGE_MAX = 200;
const ID_CHARS_MAX = 500;

const parkedId = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'must be the id of a parked record')
  .max(ID_CHARS_MAX);

const KINDS = ['undecodable', 'unknown-version', 'unknown-type', 'failed', 'queued'] as const satisfies ParkedKind[];
const WORDS_CHARS_MAX = 300;

/** Which parked records: those that fit all that is given. */
const filterFields = {
  topic: z
    .string()
    .regex(/^[A-Za-z0-9._-]+$/, 'must be the name of a topic')
    .max(WORDS_CHARS_MAX)
    .optional(),
  key: z
    .string()
    .regex(/^[^\0]*$/, 'must be text without a NUL')
    .min(1)
    .max(WORDS_CHARS_MAX)
    .optional(),
  kind: z.enum(KINDS).optional(),
};
const pageSchema = z.strictObject({ after: parkedId.optional(), limit: pageLimit(50, PAGE_MAX), ...filterFields });
type Page = z.infer<typeof pageSchema>;

/** The records to redrive at once: a bounded number of those that fit, from the oldest or after the given one. */
const redriveSchema = z.strictObject({
  ...filterFields,
  after: parkedId.optional(),
  limit: z.int().min(1).max(PAGE_MAX).default(PAGE_MAX),
});
type Redrive = z.infer<typeof redriveSchema>;

const filterOf = ({ after, limit, topic, key, kind }: Page | Redrive) => ({
  limit,
  ...(after === undefined ? {} : { afterId: after }),
  ...(topic === undefined ? {} : { topic }),
  ...(key === undefined ? {} : { key }),
  ...(kind === undefined ? {} : { kind }),
});

const VALUE_CHARS_MAX = 1_000_000;
const HEADERS_MAX = 50;
const HEADER_CHARS_MAX = 4_096;

/** What a record is to say when it is redriven: text, or bytes in base64. */
const contentSchema = z.strictObject({
  value: z.union([
    z.strictObject({ text: z.string().max(VALUE_CHARS_MAX) }),
    z.strictObject({ base64: z.base64('must be base64').max(VALUE_CHARS_MAX) }),
  ]),
  headers: z
    .record(z.string().min(1).max(HEADER_CHARS_MAX), z.string().max(HEADER_CHARS_MAX))
    .refine((headers) => Object.keys(headers).length <= HEADERS_MAX, `must be at most ${HEADERS_MAX} headers`),
});
type Content = z.infer<typeof contentSchema>;

const bytesOf = (value: Content['value']): Buffer =>
  'text' in value ? Buffer.from(value.text, 'utf8') : Buffer.from(value.base64, 'base64');

const OPERATOR = 'anonymous';

/** The bytes as text where they are text, else in base64. */
const shownBytes = (bytes: Buffer | null): { readonly text?: string; readonly base64?: string } => {
  if (bytes === null) return {};
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? { text } : { base64: bytes.toString('base64') };
};

const summaryOf = ({ id, topic, partition, offset, key, kind, step, reason, parkedAt }: ParkedRecord) => ({
  ...{ id, topic, partition, offset, key, kind, reason, parkedAt },
  ...(step === undefined ? {} : { step }),
});

const shownParked = z.object({
  ...{ id: z.string(), topic: z.string(), partition: z.int(), offset: z.string(), key: z.string().nullable() },
  ...{ kind: z.enum(KINDS), reason: z.string(), parkedAt: instant, step: z.string().optional() },
});
const shownPage = z.object({
  /** How many records are parked, whatever was asked for. */
  total: z.int(),
  records: z.array(shownParked),
  /** The `after` of the next page; absent on the last one. */
  next: z.string().optional(),
});
const shownRecord = shownParked.extend({
  headers: z.record(z.string(), z.string()),
  /** Text, or bytes in base64; neither where the record had no value. */
  value: z.object({ text: z.string().optional(), base64: z.string().optional() }),
});
const shownTrail = z.object({
  id: z.string(),
  /** Whether it still is. */
  parked: z.boolean(),
  entries: z.array(z.object({ at: instant, actor: z.string(), action: z.string(), reason: z.string().optional() })),
});
const shownRedrive = z.object({
  wish: z.literal('redrive'),
  noted: z.int(),
  ids: z.array(z.string()),
  next: z.string().optional(),
});
const shownWish = z.object({ id: z.string(), wish: z.enum(['redrive', 'discard']), outcome: z.literal('noted') });
const shownEdit = z.object({ id: z.string(), outcome: z.literal('edited') });

/** A route that notes what an operator wants done about parked records. */
const Notes = (summary: string, answer: z.ZodType) => Answers(summary, 202, answer, 400, 404, 413, 415, 503);

/** The records that this service could not apply, in sight until somebody decides about them. */
@ApiTags('parked')
@Controller('parked')
export class ParkedController {
  constructor(@Inject(PARKED_RECORDS) private readonly parked: ParkedRecords) {}

  @Get()
  @Lists('The parked records of this service, oldest id first', shownPage)
  async list(@Query({ schema: pageSchema }) page: Page) {
    const [records, total] = await Promise.all([this.parked.listParked(filterOf(page)), this.parked.countParked()]);
    const last = records.length === page.limit ? records.at(-1) : undefined;
    return { total, records: records.map(summaryOf), ...(last === undefined ? {} : { next: last.id }) };
  }

  @Get(':id')
  @Reads('One parked record with its bytes', shownRecord)
  async find(@Param('id', { schema: parkedId }) id: string) {
    const record = await this.parked.findParked(id);
    if (record === undefined) throw notParked(id);
    return { ...summaryOf(record), headers: record.headers, value: shownBytes(record.value) };
  }

  @Get(':id/trail')
  @Reads(
    'Who did what about a parked record, and what became of it, oldest first; also once it is parked no more',
    shownTrail,
  )
  async trail(@Param('id', { schema: parkedId }) id: string) {
    const [record, entries] = await Promise.all([this.parked.findParked(id), this.parked.readTrail(id)]);
    if (record === undefined && entries.length === 0) throw notParked(id);
    return { id, parked: record !== undefined, entries };
  }

  @Post('redrive')
  @Answers(
    'Apply all parked records again that fit, each in its place in the queue of its key',
    202,
    shownRedrive,
    400,
    413,
    415,
    503,
  )
  async redriveAll(@Body({ schema: redriveSchema }) wanted: Redrive) {
    const records = await this.parked.listParked(filterOf(wanted));
    const noted: string[] = [];
    for (const { id } of records) if ((await this.parked.wish(id, 'redrive', OPERATOR)) === 'noted') noted.push(id);
    const last = records.length === wanted.limit ? records.at(-1) : undefined;
    return { wish: 'redrive', noted: noted.length, ids: noted, ...(last === undefined ? {} : { next: last.id }) };
  }

  @Post(':id/redrive')
  @Notes('Apply a parked record again, in its place in the queue of its key', shownWish)
  redrive(@Param('id', { schema: parkedId }) id: string) {
    return this.wish(id, 'redrive');
  }

  @Post(':id/discard')
  @Notes('Give a parked record up, so that those behind it may go on', shownWish)
  discard(@Param('id', { schema: parkedId }) id: string) {
    return this.wish(id, 'discard');
  }

  @Post(':id/edit')
  @Notes('Replace what a parked record says; what it said before stays in the trail', shownEdit)
  async edit(
    @Param('id', { schema: parkedId }) id: string,
    @Body({ schema: contentSchema }) { value, headers }: Content,
  ) {
    const outcome = await this.parked.edit(id, { value: bytesOf(value), headers }, OPERATOR);
    if (outcome === 'not-parked') throw notParked(id);
    return { id, outcome };
  }

  private async wish(id: string, wish: 'redrive' | 'discard') {
    const outcome = await this.parked.wish(id, wish, OPERATOR);
    if (outcome === 'not-parked') throw notParked(id);
    return { id, wish, outcome };
  }
}

const notParked = (id: string) => problem('not-found', `No record is parked as ${id}`);
