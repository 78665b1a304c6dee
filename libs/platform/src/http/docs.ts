import { applyDecorators, HttpCode } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiHeader, ApiOperation, ApiResponse, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';

export type DocsOptions = { readonly service: string; readonly title: string; readonly description: string };

const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  correlationId: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string(), allowed: z.string().optional() })).optional(),
  rejection: z.looseObject({ type: z.string() }).optional(),
});

type Schemas = NonNullable<NonNullable<ReturnType<typeof SwaggerModule.createDocument>['components']>['schemas']>;

const sharedSchemas = {
  Problem: z.toJSONSchema(problemSchema, { target: 'openapi-3.0' }),
} as unknown as Schemas; // because zod's own type knows more of JSON Schema than OpenAPI does

/** Serves the OpenAPI document at `/docs-json` and a page to read and try it at `/docs`. */
export const openDocs = (app: NestFastifyApplication, { service, title, description }: DocsOptions): void => {
  const outline = new DocumentBuilder()
    .setTitle(title)
    .setDescription(description)
    .setVersion('1')
    .addTag(service)
    .build();
  const create = () => {
    const { components, ...document } = SwaggerModule.createDocument(app, outline);
    return { ...document, components: { ...components, schemas: { ...components?.schemas, ...sharedSchemas } } };
  };
  SwaggerModule.setup('docs', app, create, {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
    customSiteTitle: title,
  });
};

/** What a route may answer instead of a success. */
const PROBLEM_ANSWERS = {
  400: 'A field or a parameter is not valid: which, and what is allowed',
  404: 'There is no such thing, or nothing was heard of it yet',
  409: 'The rules refuse the command in this state, or it is being decided right now',
  412: 'The aggregate has changed since it was read',
  413: 'The body is too large',
  415: 'The body is not application/json',
  422: 'The rules never accept such a command, or the Idempotency-Key was used with another body',
  503: 'Too much work waits to be done or to be told, or the database does not answer: try again',
} as const;

type ProblemStatus = keyof typeof PROBLEM_ANSWERS;

const RETRY_AFTER = {
  'Retry-After': {
    description: 'Seconds to wait, where the same request may succeed later',
    schema: { type: 'integer' },
  },
} as const;

const problemAnswer = (status: ProblemStatus) =>
  ApiResponse({
    status,
    description: PROBLEM_ANSWERS[status],
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    ...(status === 409 || status === 503 ? { headers: RETRY_AFTER } : {}),
  });

/** A route that answers with `status` and `answer`, or with one of these problems. */
export const Answers = (
  summary: string,
  status: 200 | 201 | 202,
  answer: z.ZodType,
  ...problems: readonly ProblemStatus[]
): MethodDecorator =>
  applyDecorators(
    HttpCode(status),
    ApiOperation({ summary }),
    ApiResponse({ status, description: summary, standardSchema: answer }),
    ...problems.map(problemAnswer),
  );

/** A route that reads one thing. */
export const Reads = (summary: string, answer: z.ZodType): MethodDecorator =>
  Answers(summary, 200, answer, 400, 404, 503);

/** A route that reads what there is, be it nothing. */
export const Lists = (summary: string, answer: z.ZodType): MethodDecorator => Answers(summary, 200, answer, 400, 503);

/** A route that sends a command, answered with `status` when it is accepted. */
export const Commands = (summary: string, status: 200 | 201 | 202, answer: z.ZodType): MethodDecorator =>
  applyDecorators(
    ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key gets the same answer again.' }),
    ApiHeader({ name: 'If-Match', required: false, description: 'The ETag that the aggregate must still have.' }),
    Answers(summary, status, answer, 400, 404, 409, 412, 413, 415, 422, 503),
  );
