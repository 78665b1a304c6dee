import { documentGaps, type ApiDocument } from './document-gaps';

const SCHEMA = { schema: { type: 'object' } };
const ok = { content: { 'application/json': SCHEMA } };
const problem = { content: { 'application/problem+json': SCHEMA } };

type Operation = ApiDocument['paths'][string][string];
const sound: Operation = {
  summary: 'Orders a round',
  parameters: [{ in: 'path' }],
  requestBody: ok,
  responses: { 200: ok, 400: problem, 415: problem },
};
const gaps = (changes: Partial<Operation>) =>
  documentGaps({ paths: { '/v1/rounds': { post: { ...sound, ...changes } } } });

it('finds nothing where everything is said', () => expect(gaps({})).toEqual([]));

it.each<[string, Partial<Operation>]>([
  ['has no summary', { summary: '' }],
  ['has no success schema', { responses: { ...sound.responses, 200: {} } }],
  ['has no success schema', { responses: { ...sound.responses, 200: { content: { 'application/json': {} } } } }],
  ['has no success schema', { responses: { 400: problem, 415: problem } }],
  ['has no body schema', { requestBody: {} }],
  ['takes input and never answers 400', { responses: { 200: ok, 415: problem } }],
  ['takes a body and never answers 415', { responses: { 200: ok, 400: problem } }],
  ['answers 409 without a schema', { responses: { ...sound.responses, 409: {} } }],
])('finds a route that %s: %j', (gap, changes) => expect(gaps(changes)).toEqual([`POST /v1/rounds ${gap}`]));
