import { createRequire } from 'node:module';
import { SERVICES } from '@murmuration/contracts';
import { declaredChoreography } from '../check/choreography';
import { asyncApi } from './async-api';

/**
 * The parser's ajv-errors writes code for the ajv that the parser's linter compiles it with. Where npm has put a second ajv
 * beside them, the two do not know each other's names; so here there is only the linter's.
 */
const ofLinter = (module: string): unknown => {
  const linter = createRequire(require.resolve('@asyncapi/parser')).resolve('@stoplight/spectral-core');
  return jest.requireActual(createRequire(linter).resolve(module));
};
const CODE_OF_AJV = ['codegen', 'codegen/code', 'validate', 'errors', 'names'].map(
  (part) => `ajv/dist/compile/${part}`,
);
for (const module of ['ajv', ...CODE_OF_AJV]) jest.doMock(module, () => ofLinter(module));

const { events, steps } = declaredChoreography;
/** The gravest of the parser's severities. */
const ERROR = 0;

describe('the AsyncAPI document', () => {
  it('is valid by the official parser, and holds every service, event and step', async () => {
    const { Parser } = await import('@asyncapi/parser');
    const { document, diagnostics } = await new Parser().parse(asyncApi(declaredChoreography));
    expect(diagnostics.filter(({ severity }) => Number(severity) === ERROR)).toEqual([]);
    expect(document?.version()).toBe('3.0.0');
    expect(
      document
        ?.channels()
        .all()
        .map((channel) => channel.address()),
    ).toEqual(SERVICES.map((service) => `${service}.events.v1`));
    expect(document?.components().messages().all()).toHaveLength(events.length);
    const operations =
      document
        ?.operations()
        .all()
        .map((operation) => operation.id()) ?? [];
    for (const { service, name } of steps)
      expect(operations.some((id) => id?.startsWith(`${service}-${name}-`))).toBe(true);
  }, 60_000);

  it('is refused by the parser when it is broken', async () => {
    const { Parser } = await import('@asyncapi/parser');
    const broken = asyncApi(declaredChoreography).replace('address: orders.events.v1', 'adress: orders.events.v1');
    const { diagnostics } = await new Parser().parse(broken);
    expect(diagnostics.some(({ severity }) => Number(severity) === ERROR)).toBe(true);
  }, 60_000);
});
