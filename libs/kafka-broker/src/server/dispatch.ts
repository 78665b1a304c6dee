import { KafkaBrokerError } from '../kafka-broker-error';
import { type ApiName, apiNameOf, apiNames, apis, atVersion, type RequestOf, type ResponseOf } from '../protocol/api';
import { ErrorCode } from '../protocol/error-code';
import type { At, Encodable, Fields, Struct } from '../protocol/field';
import { readClientId, readRequestHeader, responseHasTaggedHeader } from '../protocol/header';
import { Reader } from '../protocol/reader';
import { Writer } from '../protocol/writer';
import type { Answer, Connection } from './connection';

/** Who asks, and in which version. */
export type Call = {
  readonly version: number;
  readonly clientId: string;
  readonly connection: Connection;
};

/** Answers one API; null is no answer at all. */
export type Handler<Name extends ApiName> = (
  request: RequestOf<Name>,
  call: Call,
) => ResponseOf<Name> | null | Promise<ResponseOf<Name> | null>;

export type Handlers = { readonly [Name in ApiName]: Handler<Name> };

type AnyHandler = (request: unknown, call: Call) => unknown;

/** Frame in, response out. Throws for what this broker does not speak, which closes the connection as Kafka does. */
export const dispatcher =
  (handlers: Handlers) =>
  (frame: Buffer, connection: Connection): Answer | Promise<Answer> => {
    const reader = new Reader(frame);
    const { apiKey, apiVersion, correlationId } = readRequestHeader(reader);
    const name = apiNameOf(apiKey);
    if (name === 'apiVersions' && !isServed(name, apiVersion)) return unsupportedApiVersions(correlationId);
    if (name === undefined || !isServed(name, apiVersion)) {
      throw new KafkaBrokerError('unsupported-request', `API key ${apiKey} version ${apiVersion} is not spoken here`);
    }
    const at = atVersion(name, apiVersion);
    const clientId = readClientId(reader, at.flexible);
    const request = apis[name].request.read(reader, at);
    const call: Call = { version: apiVersion, clientId, connection };
    const response = (handlers[name] as AnyHandler)(request, call);
    return response instanceof Promise
      ? response.then((value: unknown) => encode(name, at, correlationId, value))
      : encode(name, at, correlationId, response);
  };

const isServed = (name: ApiName, version: number): boolean => version >= apis[name].min && version <= apis[name].max;

const encode = (name: ApiName, at: At, correlationId: number, response: unknown): Answer => {
  if (response === null) return null;
  const writer = new Writer();
  writer.int32(0);
  writer.int32(correlationId);
  if (responseHasTaggedHeader(name, at.flexible)) writer.uvarint(0);
  (apis[name].response as Struct<Fields>).write(writer, response as Encodable<Fields>, at);
  writer.patchInt32(0, writer.length - 4);
  return writer.finish();
};

export const apiVersionsResponse = (errorCode: ErrorCode): ResponseOf<'apiVersions'> => ({
  errorCode,
  apiKeys: apiNames
    .map((name) => ({ apiKey: apis[name].key, minVersion: apis[name].advertisedMin, maxVersion: apis[name].max }))
    .sort((left, right) => left.apiKey - right.apiKey),
});

/** A newer client learns from a version 0 body, whatever it asked in, which versions it may use. */
const unsupportedApiVersions = (correlationId: number): Answer =>
  encode('apiVersions', atVersion('apiVersions', 0), correlationId, apiVersionsResponse(ErrorCode.unsupportedVersion));
