import { type At, type Decoded, type Encodable, type Fields, Struct } from './field';
import * as cluster from './messages/cluster-messages';
import * as group from './messages/group-messages';
import * as record from './messages/record-messages';

/**
 * One entry per API spoken. `min` and `max` are what is served; `advertisedMin`, when lower, is what ApiVersions says.
 * `flexibleFrom` is the first version with compact lengths and tagged fields.
 */
export type Api<Request extends Fields = Fields, Response extends Fields = Fields> = {
  readonly key: number;
  readonly min: number;
  readonly max: number;
  readonly advertisedMin: number;
  readonly flexibleFrom: number;
  readonly request: Struct<Request>;
  readonly response: Struct<Response>;
};

type Versions = { min: number; max: number; flexibleFrom: number; advertisedMin?: number };

const api = <Request extends Fields, Response extends Fields>(
  key: number,
  { min, max, flexibleFrom, advertisedMin = min }: Versions,
  request: Request,
  response: Response,
): Api<Request, Response> => ({
  key,
  min,
  max,
  advertisedMin,
  flexibleFrom,
  request: new Struct(request),
  response: new Struct(response),
});

export const apis = {
  // Some clients give up compression unless version 0 of Produce is advertised, so it is, and refused when it comes.
  produce: api(
    0,
    { min: 3, max: 11, flexibleFrom: 9, advertisedMin: 0 },
    record.produceRequest,
    record.produceResponse,
  ),
  fetch: api(1, { min: 4, max: 17, flexibleFrom: 12 }, record.fetchRequest, record.fetchResponse),
  listOffsets: api(2, { min: 1, max: 7, flexibleFrom: 6 }, record.listOffsetsRequest, record.listOffsetsResponse),
  metadata: api(3, { min: 0, max: 12, flexibleFrom: 9 }, cluster.metadataRequest, cluster.metadataResponse),
  offsetCommit: api(8, { min: 2, max: 8, flexibleFrom: 8 }, group.offsetCommitRequest, group.offsetCommitResponse),
  offsetFetch: api(9, { min: 1, max: 8, flexibleFrom: 6 }, group.offsetFetchRequest, group.offsetFetchResponse),
  findCoordinator: api(
    10,
    { min: 0, max: 4, flexibleFrom: 3 },
    group.findCoordinatorRequest,
    group.findCoordinatorResponse,
  ),
  joinGroup: api(11, { min: 0, max: 9, flexibleFrom: 6 }, group.joinGroupRequest, group.joinGroupResponse),
  heartbeat: api(12, { min: 0, max: 4, flexibleFrom: 4 }, group.heartbeatRequest, group.heartbeatResponse),
  leaveGroup: api(13, { min: 0, max: 5, flexibleFrom: 4 }, group.leaveGroupRequest, group.leaveGroupResponse),
  syncGroup: api(14, { min: 0, max: 5, flexibleFrom: 4 }, group.syncGroupRequest, group.syncGroupResponse),
  describeGroups: api(
    15,
    { min: 0, max: 5, flexibleFrom: 5 },
    group.describeGroupsRequest,
    group.describeGroupsResponse,
  ),
  listGroups: api(16, { min: 0, max: 4, flexibleFrom: 3 }, group.listGroupsRequest, group.listGroupsResponse),
  apiVersions: api(18, { min: 0, max: 4, flexibleFrom: 3 }, cluster.apiVersionsRequest, cluster.apiVersionsResponse),
  createTopics: api(19, { min: 2, max: 7, flexibleFrom: 5 }, cluster.createTopicsRequest, cluster.createTopicsResponse),
  deleteTopics: api(20, { min: 1, max: 6, flexibleFrom: 4 }, cluster.deleteTopicsRequest, cluster.deleteTopicsResponse),
  initProducerId: api(
    22,
    { min: 0, max: 4, flexibleFrom: 2 },
    record.initProducerIdRequest,
    record.initProducerIdResponse,
  ),
  offsetForLeaderEpoch: api(
    23,
    { min: 2, max: 4, flexibleFrom: 4 },
    record.offsetForLeaderEpochRequest,
    record.offsetForLeaderEpochResponse,
  ),
  describeConfigs: api(
    32,
    { min: 1, max: 4, flexibleFrom: 4 },
    cluster.describeConfigsRequest,
    cluster.describeConfigsResponse,
  ),
  deleteGroups: api(42, { min: 0, max: 2, flexibleFrom: 2 }, group.deleteGroupsRequest, group.deleteGroupsResponse),
  describeCluster: api(
    60,
    { min: 0, max: 1, flexibleFrom: 0 },
    cluster.describeClusterRequest,
    cluster.describeClusterResponse,
  ),
};

export type ApiName = keyof typeof apis;
export type RequestOf<Name extends ApiName> =
  (typeof apis)[Name] extends Api<infer Request, Fields> ? Decoded<Request> : never;
export type ResponseOf<Name extends ApiName> =
  (typeof apis)[Name] extends Api<Fields, infer Response> ? Encodable<Response> : never;

export const apiNames = Object.keys(apis) as readonly ApiName[];

const nameByKey = new Map<number, ApiName>(apiNames.map((name) => [apis[name].key, name]));

export const apiNameOf = (key: number): ApiName | undefined => nameByKey.get(key);

export const atVersion = (name: ApiName, version: number): At => ({
  version,
  flexible: version >= apis[name].flexibleFrom,
});
