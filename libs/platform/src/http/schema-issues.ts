import type { z } from 'zod';
import type { FieldError } from './problem';

type Issue = z.core.$ZodIssue;

/** `lines[0].quantity`. */
const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');

const WORDS: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'text',
  array: 'a list',
  object: 'an object',
  boolean: 'true or false',
};

const wordFor = (kind: string): string => WORDS[kind] ?? kind;

const UNITS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
  set: ['entry', 'entries'],
};

const counted = (count: number | bigint, origin: string): string => {
  const [one, many] = UNITS[origin] ?? [];
  return one === undefined ? String(count) : `${count} ${count === 1 ? one : many}`;
};

const allowedBy = (issue: Issue): string | undefined => {
  switch (issue.code) {
    case 'invalid_type':
      return wordFor(issue.expected);
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${counted(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${counted(issue.maximum, issue.origin)}`;
    case 'invalid_value':
      return issue.values.map(String).join(', ');
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.pattern === undefined ? issue.format : `text like ${issue.pattern}`;
    default:
      return undefined;
  }
};

const messageOf = (issue: Issue, value: unknown): string => {
  if (issue.code === 'invalid_type' && value === undefined) return 'is missing';
  const allowed = allowedBy(issue);
  if (issue.code === 'invalid_value' && issue.values.length > 1) return `must be one of ${allowed}`;
  if ((issue.code === 'too_small' || issue.code === 'too_big') && issue.origin in UNITS) return `must have ${allowed}`;
  return issue.code === 'invalid_format' || issue.code === 'custom' || allowed === undefined
    ? issue.message
    : `must be ${allowed}`;
};

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null ? (inner as Readonly<Record<PropertyKey, unknown>>)[part] : undefined,
    value,
  );

/** More than anybody mends in one go. */
const ERRORS_MAX = 50;

/**
 * What a schema found wrong with `value`, by field. `within` is where the value itself stands: the name of a path
 * parameter or a header, `body` for a body that is not an object at all.
 */
export const fieldErrors = (
  issues: readonly Issue[],
  value: unknown,
  within: string | undefined,
): readonly FieldError[] =>
  issues.slice(0, ERRORS_MAX).flatMap((issue): readonly FieldError[] => {
    const path = within === undefined || within === 'body' ? issue.path : [within, ...issue.path];
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ field: pathOf([...path, key]), message: 'is not known here' }));
    const allowed = allowedBy(issue);
    return [
      {
        field: pathOf(path) || (within ?? 'request'),
        message: messageOf(issue, at(value, issue.path)),
        ...(allowed === undefined ? {} : { allowed }),
      },
    ];
  });
