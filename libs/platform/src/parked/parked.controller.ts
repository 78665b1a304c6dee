import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Inbox, ParkedRecord } from '@murmuration/messaging';
import { z } from 'zod';
import { Reads } from '../http/docs';
import { problem } from '../http/problem';
import { pageLimit } from '../http/query-schemas';

export const PARKED_RECORDS = Symbol('parked records');

export type ParkedRecords = Pick<Inbox, 'listParked' | 'findParked' | 'countParked'>;

const PAGE_MAX = 200;
const ID_CHARS_MAX = 500;

const pageSchema = z.strictObject({
  after: z.string().min(1).max(ID_CHARS_MAX).optional(),
  limit: pageLimit(50, PAGE_MAX),
});
type Page = z.infer<typeof pageSchema>;

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

/** The records that this service could not apply, in sight until somebody decides about them. */
@ApiTags('parked')
@Controller('parked')
export class ParkedController {
  constructor(@Inject(PARKED_RECORDS) private readonly parked: ParkedRecords) {}

  @Get()
  @Reads('The parked records of this service, oldest id first')
  async list(@Query({ schema: pageSchema }) { after, limit }: Page) {
    const [records, total] = await Promise.all([
      this.parked.listParked({ limit, ...(after === undefined ? {} : { afterId: after }) }),
      this.parked.countParked(),
    ]);
    const last = records.length === limit ? records.at(-1) : undefined;
    return { total, records: records.map(summaryOf), ...(last === undefined ? {} : { next: last.id }) };
  }

  @Get(':id')
  @Reads('One parked record with its bytes')
  async find(@Param('id', { schema: z.string().min(1).max(ID_CHARS_MAX) }) id: string) {
    const record = await this.parked.findParked(id);
    if (record === undefined) throw problem('not-found', `No record is parked as ${id}`);
    return { ...summaryOf(record), headers: record.headers, value: shownBytes(record.value) };
  }
}
