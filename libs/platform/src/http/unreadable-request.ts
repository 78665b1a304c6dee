import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { CORRELATION_HEADER } from './correlation';
import { documentOf, problem, ProblemError, PROBLEMS } from './problem';
import { PROBLEM_MEDIA_TYPE } from './problem.filter';

const { title } = PROBLEMS['invalid-request'];

const problemOf = (code: string | undefined): ProblemError => {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new ProblemError(431, 'invalid-request', title, 'The headers are too large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return problem('request-timeout', 'The request did not arrive in time');
  return problem('invalid-request', 'This is no HTTP request that can be read');
};

/** Answers what is no readable HTTP, of which neither a method nor a path is known, and ends the connection. */
export const answerUnreadable = ({ code }: { readonly code?: string }, socket: Socket): void => {
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const correlationId = randomUUID();
  const found = problemOf(code);
  const body = JSON.stringify(documentOf(found, 'about:blank', correlationId));
  const head = [
    `HTTP/1.1 ${found.status} ${STATUS_CODES[found.status]}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `${CORRELATION_HEADER}: ${correlationId}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
};
