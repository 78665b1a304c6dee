import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { invalidRequest } from './problem';
import { fieldErrors } from './schema-issues';

/**
 * Checks every argument that a controller declares with a zod schema (`@Body({ schema })`) and hands on what the schema
 * makes of it. Nest's own pipe tells neither the name of a parameter nor what would be allowed.
 */
export class SchemaPipe implements PipeTransform {
  transform(value: unknown, { schema, type, data }: ArgumentMetadata): unknown {
    if (!(schema instanceof z.ZodType)) return value;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw invalidRequest(fieldErrors(parsed.error.issues, value, type === 'body' ? 'body' : data));
  }
}
