import { type Instant, instantOfEpochMs } from '@murmuration/kernel';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { Inbound } from '../link';

const EPOCH_MS_MAX = 8_640_000_000_000_000;

const textOf = (value: IHeaders[string]): string | undefined => {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : first?.toString('utf8');
};

const headersOf = (headers: IHeaders | undefined): Inbound['headers'] => {
  const texts: Record<string, string | undefined> = Object.create(null) as Record<string, string | undefined>;
  for (const name in headers) texts[name] = textOf(headers[name]);
  return texts;
};

/** A record's timestamp is whatever its producer said, which may be no instant at all. */
const instantOf = (timestamp: string): Instant => {
  const epochMs = Number(timestamp);
  return instantOfEpochMs(Math.abs(epochMs) <= EPOCH_MS_MAX ? epochMs : 0);
};

/** A record as kafkajs gives it. Of a repeated header the first value counts. */
export const inboundRecord = (
  topic: string,
  partition: number,
  { key, value, headers, offset, timestamp }: KafkaMessage,
): Inbound => ({
  ...{ topic, partition, offset, value },
  key: key?.toString('utf8') ?? null,
  headers: headersOf(headers),
  timestamp: instantOf(timestamp),
});
