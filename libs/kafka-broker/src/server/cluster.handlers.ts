import { LEADER_EPOCH } from '../log/partition-log';
import { ErrorCode } from '../protocol/error-code';
import type { ResponseOf } from '../protocol/api';
import { ZERO_UUID } from '../protocol/field';
import { isLegalTopicName, type Topic } from '../topics/topic-catalogue';
import { type BrokerState, NODE_ID } from './broker-state';
import { apiVersionsResponse, type Call, type Handlers } from './dispatch';

const EPOCH_MAX = 0x7ffe;

type TopicAnswer = ResponseOf<'metadata'>['topics'][number];

/** Where this node tells a client to find it. */
export const addressFor = ({ advertised }: BrokerState, { connection }: Call): { host: string; port: number } => ({
  host: advertised.host ?? connection.localAddress.replace(/^::ffff:/, ''),
  port: advertised.port,
});

const answerOf = ({ name, id, partitions }: Topic): TopicAnswer => ({
  errorCode: ErrorCode.none,
  name,
  topicId: id,
  partitions: partitions.map((_, index) => ({
    errorCode: ErrorCode.none,
    index,
    leaderId: NODE_ID,
    leaderEpoch: LEADER_EPOCH,
    replicaNodes: [NODE_ID],
    isrNodes: [NODE_ID],
  })),
});

const unknown = (name: string, topicId: string, errorCode: ErrorCode): TopicAnswer => ({
  errorCode,
  name,
  topicId,
  partitions: [],
});

export const clusterHandlers = (
  state: BrokerState,
): Pick<Handlers, 'apiVersions' | 'metadata' | 'describeCluster' | 'initProducerId'> => {
  const { catalogue, identity } = state;

  const describe = (name: string, mayCreate: boolean): TopicAnswer => {
    const topic = catalogue.get(name);
    if (topic !== undefined) return answerOf(topic);
    if (!isLegalTopicName(name)) return unknown(name, ZERO_UUID, ErrorCode.invalidTopic);
    if (!mayCreate || catalogue.refusalOf(name, state.defaultPartitions) !== ErrorCode.none) {
      return unknown(name, ZERO_UUID, ErrorCode.unknownTopicOrPartition);
    }
    try {
      return answerOf(catalogue.create(name, state.defaultPartitions));
    } catch (error) {
      state.log(`topic ${name} not created: ${String(error)}`);
      return unknown(name, ZERO_UUID, ErrorCode.kafkaStorageError);
    }
  };

  return {
    apiVersions: () => apiVersionsResponse(ErrorCode.none),

    metadata: ({ topics, allowAutoTopicCreation }, call) => {
      const wantsAll = topics === null || (call.version === 0 && topics.length === 0);
      const mayCreate = state.autoCreateTopics && allowAutoTopicCreation;
      const answers = wantsAll
        ? catalogue.all().map(answerOf)
        : topics.map(({ name, topicId }) => {
            if (name !== null) return describe(name, mayCreate);
            const topic = catalogue.withId(topicId);
            return topic === undefined ? unknown('', topicId, ErrorCode.unknownTopicId) : answerOf(topic);
          });
      return {
        brokers: [{ nodeId: NODE_ID, ...addressFor(state, call) }],
        clusterId: identity.clusterId,
        controllerId: NODE_ID,
        topics: answers,
      };
    },

    describeCluster: (_, call) => ({
      errorCode: ErrorCode.none,
      clusterId: identity.clusterId,
      controllerId: NODE_ID,
      brokers: [{ brokerId: NODE_ID, ...addressFor(state, call) }],
    }),

    initProducerId: ({ transactionalId, producerId, producerEpoch }) => {
      if (transactionalId !== null) return { errorCode: ErrorCode.invalidRequest };
      const mayBump = producerId >= 0 && producerEpoch >= 0 && producerEpoch < EPOCH_MAX;
      return mayBump
        ? { errorCode: ErrorCode.none, producerId, producerEpoch: producerEpoch + 1 }
        : { errorCode: ErrorCode.none, producerId: identity.newProducerId(), producerEpoch: 0 };
    },
  };
};
