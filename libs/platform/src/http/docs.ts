import { applyDecorators, HttpCode } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiHeader, ApiOperation, ApiResponse, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';

export type DocsOptions = { readonly service: string; readonly title: string; readonly description: string };

/** Serves the OpenAPI document at `/docs-json` and a page to read and try it at `/docs`. */
export const openDocs = (app: NestFastifyApplication, { service, title, description }: DocsOptions): void => {
  const outline = new DocumentBuilder()
    .setTitle(title)
    .setDescription(description)
    .setVersion('1')
    .addTag(service)
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, outline), {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
    customSiteTitle: title,
  });
};

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

const problemResponse = (status: number, description: string) =>
  ApiResponse({ status, description, standardSchema: problemSchema });

/** A route that reads. */
export const Reads = (summary: string, answer?: z.ZodType): MethodDecorator =>
  applyDecorators(
    ApiOperation({ summary }),
    ApiResponse({ status: 200, description: summary, ...(answer === undefined ? {} : { standardSchema: answer }) }),
    problemResponse(400, 'A parameter is not valid'),
    problemResponse(404, 'There is no such thing'),
  );

/** A route that sends a command, answered with `status` when it is accepted. */
export const Commands = (summary: string, status: 200 | 201 | 202, answer?: z.ZodType): MethodDecorator =>
  applyDecorators(
    HttpCode(status),
    ApiOperation({ summary }),
    ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key gets the same answer again.' }),
    ApiHeader({ name: 'If-Match', required: false, description: 'The ETag that the aggregate must still have.' }),
    ApiResponse({ status, description: summary, ...(answer === undefined ? {} : { standardSchema: answer }) }),
    problemResponse(400, 'A field is not valid: which, and what is allowed'),
    problemResponse(404, 'There is no such thing'),
    problemResponse(409, 'The rules refuse the command in this state, or it is being decided right now'),
    problemResponse(412, 'The aggregate has changed since it was read'),
    problemResponse(422, 'The Idempotency-Key was used with another body'),
    problemResponse(503, 'Too much work waits, or the database does not answer: try again'),
  );
