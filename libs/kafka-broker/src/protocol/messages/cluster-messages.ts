import { arrayOf, bool, int16, int32, int8, listOfScalar, string, uuid } from '../field';

const OPERATIONS_NOT_ASKED = -2147483648;

/* ApiVersions => client_software_name client_software_version */
export const apiVersionsRequest = {
  clientSoftwareName: string.since(3),
  clientSoftwareVersion: string.since(3),
};

export const apiVersionsResponse = {
  errorCode: int16,
  apiKeys: arrayOf({ apiKey: int16, minVersion: int16, maxVersion: int16 }),
  throttleTimeMs: int32.since(1).or(0),
};

/*
 * Metadata => [topic] allow_auto_topic_creation include_cluster_authorized_operations include_topic_authorized_operations
 *   topic => topic_id name
 * Null topics ask for all of them, no topics for none; in version 0 no topics ask for all.
 */
export const metadataRequest = {
  topics: arrayOf({ topicId: uuid.since(10), name: string.nullableSince(10) }).nullableSince(1),
  allowAutoTopicCreation: bool.since(4).or(true),
  includeClusterAuthorizedOperations: bool.between(8, 10).or(false),
  includeTopicAuthorizedOperations: bool.since(8).or(false),
};

export const metadataResponse = {
  throttleTimeMs: int32.since(3).or(0),
  brokers: arrayOf({ nodeId: int32, host: string, port: int32, rack: string.nullableSince(1).since(1).or(null) }),
  clusterId: string.nullableSince(2).since(2),
  controllerId: int32.since(1),
  topics: arrayOf({
    errorCode: int16,
    name: string.nullableSince(12),
    topicId: uuid.since(10),
    isInternal: bool.since(1).or(false),
    partitions: arrayOf({
      errorCode: int16,
      index: int32,
      leaderId: int32,
      leaderEpoch: int32.since(7).or(-1),
      replicaNodes: listOfScalar(int32),
      isrNodes: listOfScalar(int32),
      offlineReplicas: listOfScalar(int32).since(5).or([]),
    }),
    topicAuthorizedOperations: int32.since(8).or(OPERATIONS_NOT_ASKED),
  }),
  clusterAuthorizedOperations: int32.between(8, 10).or(OPERATIONS_NOT_ASKED),
};

/* DescribeCluster => include_cluster_authorized_operations endpoint_type */
export const describeClusterRequest = {
  includeClusterAuthorizedOperations: bool,
  endpointType: int8.since(1).or(1),
};

export const describeClusterResponse = {
  throttleTimeMs: int32.or(0),
  errorCode: int16,
  errorMessage: string.nullableSince(0).or(null),
  endpointType: int8.since(1).or(1),
  clusterId: string,
  controllerId: int32,
  brokers: arrayOf({ brokerId: int32, host: string, port: int32, rack: string.nullableSince(0).or(null) }),
  clusterAuthorizedOperations: int32.or(OPERATIONS_NOT_ASKED),
};

/*
 * CreateTopics => [topic] timeout_ms validate_only
 *   topic => name num_partitions replication_factor [assignment] [config]
 *     assignment => partition_index [broker_id]
 *     config => name value
 */
export const createTopicsRequest = {
  topics: arrayOf({
    name: string,
    numPartitions: int32,
    replicationFactor: int16,
    assignments: arrayOf({ partitionIndex: int32, brokerIds: listOfScalar(int32) }),
    configs: arrayOf({ name: string, value: string.nullableSince(0) }),
  }),
  timeoutMs: int32,
  validateOnly: bool.since(1).or(false),
};

export const createTopicsResponse = {
  throttleTimeMs: int32.since(2).or(0),
  topics: arrayOf({
    name: string,
    topicId: uuid.since(7),
    errorCode: int16,
    errorMessage: string.nullableSince(1).since(1).or(null),
    numPartitions: int32.since(5).or(-1),
    replicationFactor: int16.since(5).or(-1),
    configs: arrayOf({
      name: string,
      value: string.nullableSince(0),
      readOnly: bool,
      configSource: int8.or(-1),
      isSensitive: bool,
    })
      .nullableSince(5)
      .since(5)
      .or([]),
  }),
};

/*
 * DeleteTopics => [topic] [topic_name] timeout_ms
 *   topic => name topic_id
 */
export const deleteTopicsRequest = {
  topics: arrayOf({ name: string.nullableSince(6), topicId: uuid })
    .since(6)
    .or([]),
  topicNames: listOfScalar(string).between(0, 5).or([]),
  timeoutMs: int32,
};

export const deleteTopicsResponse = {
  throttleTimeMs: int32.since(1).or(0),
  topics: arrayOf({
    name: string.nullableSince(6),
    topicId: uuid.since(6),
    errorCode: int16,
    errorMessage: string.nullableSince(5).since(5).or(null),
  }),
};

/*
 * DescribeConfigs => [resource] include_synonyms include_documentation
 *   resource => resource_type resource_name [configuration_key]
 */
export const describeConfigsRequest = {
  resources: arrayOf({
    resourceType: int8,
    resourceName: string,
    configurationKeys: listOfScalar(string).nullableSince(0),
  }),
  includeSynonyms: bool.since(1).or(false),
  includeDocumentation: bool.since(3).or(false),
};

export const describeConfigsResponse = {
  throttleTimeMs: int32.or(0),
  results: arrayOf({
    errorCode: int16,
    errorMessage: string.nullableSince(0).or(null),
    resourceType: int8,
    resourceName: string,
    configs: arrayOf({
      name: string,
      value: string.nullableSince(0),
      readOnly: bool,
      configSource: int8.since(1).or(-1),
      isSensitive: bool,
      synonyms: arrayOf({ name: string, value: string.nullableSince(0), source: int8 })
        .since(1)
        .or([]),
      configType: int8.since(3).or(0),
      documentation: string.nullableSince(3).since(3).or(null),
    }),
  }),
};
