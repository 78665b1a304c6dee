import type { RequestOf, ResponseOf } from '../protocol/api';
import { ErrorCode } from '../protocol/error-code';
import { ZERO_UUID } from '../protocol/field';
import type { Topic } from '../topics/topic-catalogue';
import { type BrokerState, NODE_ID } from './broker-state';
import type { Handlers } from './dispatch';

type WantedTopic = RequestOf<'createTopics'>['topics'][number];
type CreatedTopic = ResponseOf<'createTopics'>['topics'][number];

const TOPIC_RESOURCE = 2;
const BROKER_RESOURCE = 4;
const DEFAULT_CONFIG_SOURCE = 5;
const BROKER_DEFAULT = -1;

/** Settings that clients ask for. All of them are fixed here: records are kept as they came, and for ever. */
const TOPIC_CONFIGS = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1' };

export const adminHandlers = (
  state: BrokerState,
): Pick<Handlers, 'createTopics' | 'deleteTopics' | 'describeConfigs'> => {
  const { catalogue } = state;

  const create = (wanted: WantedTopic, validateOnly: boolean, isRepeated: boolean): CreatedTopic => {
    const partitions = partitionsOf(wanted, state.defaultPartitions);
    const refused = (errorCode: ErrorCode, errorMessage: string): CreatedTopic => ({
      name: wanted.name,
      topicId: ZERO_UUID,
      errorCode,
      errorMessage,
    });
    if (isRepeated) return refused(ErrorCode.invalidRequest, 'the topic is named twice in one request');
    if (![BROKER_DEFAULT, 1].includes(wanted.replicationFactor) && wanted.assignments.length === 0) {
      return refused(ErrorCode.invalidReplicationFactor, 'there is one broker, so the replication factor is 1');
    }
    if (wanted.assignments.some(({ brokerIds }) => brokerIds.length !== 1 || brokerIds[0] !== NODE_ID)) {
      return refused(ErrorCode.invalidReplicaAssignment, `the only broker has id ${NODE_ID}`);
    }
    const errorCode = catalogue.refusalOf(wanted.name, partitions);
    if (errorCode !== ErrorCode.none) return refused(errorCode, REASONS[errorCode] ?? 'refused');
    const created = { name: wanted.name, errorCode, numPartitions: partitions, replicationFactor: 1 };
    if (validateOnly) return { ...created, topicId: ZERO_UUID };
    try {
      return { ...created, topicId: catalogue.create(wanted.name, partitions).id };
    } catch (error) {
      state.log(`topic ${wanted.name} not created: ${String(error)}`);
      return refused(ErrorCode.kafkaStorageError, 'the data folder refused');
    }
  };

  const remove = (topic: Topic): ErrorCode => {
    try {
      catalogue.delete(topic);
    } catch (error) {
      state.log(`topic ${topic.name} not deleted: ${String(error)}`);
      return ErrorCode.kafkaStorageError;
    }
    state.waiters.wake(topic.partitions);
    state.offsets.forgetTopic(topic.name);
    state.committer.enlist(state.offsets.durable);
    return ErrorCode.none;
  };

  return {
    createTopics: ({ topics, validateOnly }) => ({
      topics: topics.map((topic) =>
        create(topic, validateOnly, topics.filter(({ name }) => name === topic.name).length > 1),
      ),
    }),

    deleteTopics: async ({ topics, topicNames }) => {
      // What was appended and not yet written must not meet a folder that is gone.
      await state.committer.drained();
      const wanted = [...topicNames.map((name) => ({ name, topicId: ZERO_UUID })), ...topics];
      const removed = wanted.map(({ name, topicId }) => {
        const topic = name === null ? catalogue.withId(topicId) : catalogue.get(name);
        const errorCode = name === null ? ErrorCode.unknownTopicId : ErrorCode.unknownTopicOrPartition;
        return topic === undefined
          ? { name: name ?? '', topicId, errorCode }
          : { name: topic.name, topicId: topic.id, errorCode: remove(topic) };
      });
      await state.committer.drained();
      return { topics: removed };
    },

    describeConfigs: ({ resources }) => ({
      results: resources.map(({ resourceType, resourceName, configurationKeys }) => {
        const errorCode = configErrorOf(resourceType, resourceName, catalogue.get(resourceName));
        const configs =
          resourceType === TOPIC_RESOURCE && errorCode === ErrorCode.none ? Object.entries(TOPIC_CONFIGS) : [];
        return {
          errorCode,
          resourceType,
          resourceName,
          configs: configs
            .filter(([name]) => configurationKeys === null || configurationKeys.includes(name))
            .map(([name, value]) => ({
              name,
              value,
              readOnly: true,
              configSource: DEFAULT_CONFIG_SOURCE,
              isSensitive: false,
            })),
        };
      }),
    }),
  };
};

const REASONS: Partial<Record<ErrorCode, string>> = {
  [ErrorCode.invalidTopic]: 'a name has 1 to 249 letters, digits, dots, underscores and hyphens',
  [ErrorCode.topicAlreadyExists]: 'the topic exists',
  [ErrorCode.invalidPartitions]: 'the number of partitions is out of bounds',
  [ErrorCode.policyViolation]: 'the broker has as many partitions as it takes',
};

const partitionsOf = ({ assignments, numPartitions }: WantedTopic, otherwise: number): number => {
  if (assignments.length > 0) return assignments.length;
  return numPartitions === BROKER_DEFAULT ? otherwise : numPartitions;
};

const configErrorOf = (resourceType: number, resourceName: string, topic: Topic | undefined): ErrorCode => {
  if (resourceType === TOPIC_RESOURCE) {
    return topic === undefined ? ErrorCode.unknownTopicOrPartition : ErrorCode.none;
  }
  const isThisBroker = resourceType === BROKER_RESOURCE && ['', String(NODE_ID)].includes(resourceName);
  return isThisBroker ? ErrorCode.none : ErrorCode.invalidRequest;
};
