import { KafkaBrokerError } from '../kafka-broker-error';
import type { PartitionLog } from '../log/partition-log';
import type { RequestOf, ResponseOf } from '../protocol/api';
import { ErrorCode } from '../protocol/error-code';
import type { BrokerState } from './broker-state';
import type { Handler } from './dispatch';

type PartitionAnswer = ResponseOf<'produce'>['topics'][number]['partitions'][number];
type Taken = { index: number; errorCode: number; baseOffset: number; log: PartitionLog | undefined };

const ACKS = [-1, 0, 1];
const EMPTY = Buffer.alloc(0);

export const produceHandler = ({ catalogue, committer }: BrokerState): Handler<'produce'> => {
  const take = (topic: string, { index, records }: PartitionRequest, refused: ErrorCode): Taken => {
    if (refused !== ErrorCode.none) return { index, errorCode: refused, baseOffset: -1, log: undefined };
    const log = catalogue.log(topic, index);
    if (log === undefined) {
      return { index, errorCode: ErrorCode.unknownTopicOrPartition, baseOffset: -1, log };
    }
    const { errorCode, baseOffset } = log.append(records ?? EMPTY);
    if (errorCode === ErrorCode.none) committer.enlist(log);
    return { index, errorCode, baseOffset, log };
  };

  return (request) => {
    const refused = refusalOf(request);
    const topics = request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map((partition) => take(name, partition, refused)),
    }));
    const hasFailed = topics.some(({ partitions }) => partitions.some(({ errorCode }) => errorCode !== 0));
    if (request.acks === 0) {
      // A producer that waits for no answer learns of a failure by losing its connection.
      if (hasFailed) throw new KafkaBrokerError('malformed-request', 'a record without acknowledgement was refused');
      return null;
    }
    return new Promise((resolve) => {
      committer.whenCommitted((failed) => {
        const answerOf = ({ index, errorCode, baseOffset, log }: Taken): PartitionAnswer =>
          log !== undefined && failed.has(log)
            ? { index, errorCode: ErrorCode.kafkaStorageError, baseOffset: -1 }
            : { index, errorCode, baseOffset, logStartOffset: log?.startOffset ?? -1 };
        resolve({
          topics: topics.map(({ name, partitions }) => ({ name, partitions: partitions.map(answerOf) })),
        });
      });
    });
  };
};

type PartitionRequest = RequestOf<'produce'>['topics'][number]['partitions'][number];

const refusalOf = ({ acks, transactionalId }: RequestOf<'produce'>): ErrorCode => {
  if (!ACKS.includes(acks)) return ErrorCode.invalidRequiredAcks;
  return transactionalId === null ? ErrorCode.none : ErrorCode.invalidRequest;
};
