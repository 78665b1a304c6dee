import { ErrorCode } from '../protocol/error-code';
import { crc32c } from './crc32c';

/*
 * RecordBatch => base_offset batch_length partition_leader_epoch magic crc attributes last_offset_delta base_timestamp
 *                max_timestamp producer_id producer_epoch base_sequence [record]
 * The checksum covers everything from the attributes on, so base offset and leader epoch are set in place.
 */
const LENGTH_AT = 8;
const LEADER_EPOCH_AT = 12;
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_OFFSET_DELTA_AT = 23;
const BASE_TIMESTAMP_AT = 27;
const MAX_TIMESTAMP_AT = 35;
const PRODUCER_ID_AT = 43;
const PRODUCER_EPOCH_AT = 51;
const BASE_SEQUENCE_AT = 53;
const COUNT_AT = 57;

/** Base offset and length: what must be read to know where a batch ends. */
export const BATCH_PREFIX_BYTES = 12;
export const BATCH_HEADER_BYTES = 61;

const MAGIC = 2;
const COMPRESSION_MASK = 0x07;
const COMPRESSION_MAX = 4;
const TRANSACTIONAL_MASK = 0x10;
const CONTROL_MASK = 0x20;
const HIGH_WORD = 0x1_0000_0000;

const int64At = (bytes: Buffer, at: number): number => bytes.readInt32BE(at) * HIGH_WORD + bytes.readUInt32BE(at + 4);

export const baseOffsetOf = (bytes: Buffer, at = 0): number => int64At(bytes, at);
export const batchBytesOf = (bytes: Buffer, at = 0): number => BATCH_PREFIX_BYTES + bytes.readInt32BE(at + LENGTH_AT);
export const nextOffsetOf = (bytes: Buffer, at = 0): number =>
  int64At(bytes, at) + bytes.readInt32BE(at + LAST_OFFSET_DELTA_AT) + 1;
export const baseTimestampOf = (bytes: Buffer, at = 0): number => int64At(bytes, at + BASE_TIMESTAMP_AT);
export const maxTimestampOf = (bytes: Buffer, at = 0): number => int64At(bytes, at + MAX_TIMESTAMP_AT);
export const compressionOf = (bytes: Buffer, at = 0): number =>
  bytes.readInt16BE(at + ATTRIBUTES_AT) & COMPRESSION_MASK;
export const recordCountOf = (bytes: Buffer, at = 0): number => bytes.readInt32BE(at + COUNT_AT);

export const placeBatch = (bytes: Buffer, at: number, baseOffset: number, leaderEpoch: number): void => {
  const high = Math.floor(baseOffset / HIGH_WORD);
  bytes.writeInt32BE(high, at);
  bytes.writeUInt32BE(baseOffset - high * HIGH_WORD, at + 4);
  bytes.writeInt32BE(leaderEpoch, at + LEADER_EPOCH_AT);
};

/** Who wrote a batch and as which of his batches; `producerId` is −1 for producers that do not number theirs. */
export type Sequence = {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
  readonly count: number;
};

export const sequenceOf = (bytes: Buffer, at = 0): Sequence => ({
  producerId: int64At(bytes, at + PRODUCER_ID_AT),
  producerEpoch: bytes.readInt16BE(at + PRODUCER_EPOCH_AT),
  baseSequence: bytes.readInt32BE(at + BASE_SEQUENCE_AT),
  count: recordCountOf(bytes, at),
});

const hasValidCrc = (bytes: Buffer, at: number, end: number): boolean =>
  bytes.readUInt32BE(at + CRC_AT) === crc32c(bytes, at + ATTRIBUTES_AT, end);

/** Whether `bytes[at, at + length)` is exactly one batch that says what it should, for a log being recovered. */
export const isIntactBatch = (bytes: Buffer, at: number, length: number, baseOffset: number): boolean =>
  length >= BATCH_HEADER_BYTES &&
  bytes[at + MAGIC_AT] === MAGIC &&
  baseOffsetOf(bytes, at) === baseOffset &&
  bytes.readInt32BE(at + LAST_OFFSET_DELTA_AT) >= 0 &&
  hasValidCrc(bytes, at, at + length);

export type BatchLimits = {
  readonly batchBytesMax: number;
  /** The greatest timestamp taken, in milliseconds since 1970. */
  readonly timestampMax: number;
};

/** Why a batch sent by a producer cannot be taken, or `none`. */
export const refusalOf = (bytes: Buffer, { batchBytesMax, timestampMax }: BatchLimits): ErrorCode => {
  if (bytes.length < BATCH_HEADER_BYTES) return ErrorCode.corruptMessage;
  if (bytes[MAGIC_AT] !== MAGIC) return ErrorCode.invalidRecord;
  const length = batchBytesOf(bytes);
  if (length < BATCH_HEADER_BYTES || length > bytes.length) return ErrorCode.corruptMessage;
  if (length < bytes.length) return ErrorCode.invalidRecord;
  if (length > batchBytesMax) return ErrorCode.messageTooLarge;
  if (!hasValidCrc(bytes, 0, length)) return ErrorCode.corruptMessage;
  const attributes = bytes.readInt16BE(ATTRIBUTES_AT);
  if ((attributes & (CONTROL_MASK | TRANSACTIONAL_MASK)) !== 0) return ErrorCode.invalidRecord;
  if ((attributes & COMPRESSION_MASK) > COMPRESSION_MAX) return ErrorCode.unsupportedCompressionType;
  const count = recordCountOf(bytes);
  if (count < 1 || bytes.readInt32BE(LAST_OFFSET_DELTA_AT) !== count - 1) return ErrorCode.invalidRecord;
  const { producerId, baseSequence } = sequenceOf(bytes);
  if (producerId >= 0 && baseSequence < 0) return ErrorCode.invalidRecord;
  return maxTimestampOf(bytes) > timestampMax ? ErrorCode.invalidTimestamp : ErrorCode.none;
};
