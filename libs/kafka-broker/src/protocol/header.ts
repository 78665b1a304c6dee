import { type ApiName, apis } from './api';
import type { Reader } from './reader';

/*
 * Frame => size header body
 * Request header => api_key api_version correlation_id client_id [tagged_fields, in flexible versions]
 * Response header => correlation_id [tagged_fields, in flexible versions, never for ApiVersions]
 * The client id has the classic two-byte length in every version.
 */
export const REQUEST_HEADER_BYTES_MIN = 8;

export type RequestHeader = {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
};

export const readRequestHeader = (reader: Reader): RequestHeader => ({
  apiKey: reader.int16(),
  apiVersion: reader.int16(),
  correlationId: reader.int32(),
});

/** The rest of the header, whose form depends on the API and version. */
export const readClientId = (reader: Reader, flexible: boolean): string => {
  const length = reader.stringLength(false);
  const clientId = length === null ? '' : reader.text(length);
  if (flexible) reader.taggedFields(() => undefined);
  return clientId;
};

export const responseHasTaggedHeader = (name: ApiName, flexible: boolean): boolean =>
  flexible && apis[name] !== apis.apiVersions;
