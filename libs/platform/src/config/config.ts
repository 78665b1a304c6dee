import { z } from 'zod';

/** A setting was wrong. The message is one line for whoever starts the service: which variable, what it must be, what it is. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Variables of the environment by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const SECRET = /URL|SECRET|PASSWORD|TOKEN/;

/**
 * One variable, read from its text. `parse` answers undefined for text that is not `description`, which completes the
 * sentence "PORT must be …".
 */
export const setting = <Value>(description: string, parse: (text: string) => Value | undefined) =>
  z.string({ error: `must be ${description}` }).transform((text, context): Value => {
    const value = parse(text);
    if (value === undefined) context.issues.push({ code: 'custom', message: `must be ${description}`, input: text });
    return value as Value; // because an issue ends the parse
  });

export const wholeNumber = (min: number, max: number) =>
  setting(`a whole number from ${min} to ${max}`, (text) => {
    const value = Number(text);
    return /^\d{1,15}$/.test(text) && value >= min && value <= max ? value : undefined;
  });

export const yesOrNo = () =>
  setting('true or false', (text) => (text === 'true' ? true : text === 'false' ? false : undefined));

export const oneOf = <const Choice extends string>(...choices: readonly Choice[]) =>
  setting(`one of ${choices.join(', ')}`, (text) => choices.find((choice) => choice === text));

export const text = (description: string) => setting(description, (given) => (given === '' ? undefined : given));

export const url = (description: string, ...protocols: readonly string[]) =>
  setting(description, (given) => {
    if (!URL.canParse(given)) return undefined;
    return protocols.includes(new URL(given).protocol) ? given : undefined;
  });

const complaintOf = (issue: z.core.$ZodIssue, env: Environment): string => {
  const variable = issue.path.join('.');
  const given = env[variable];
  if (given === undefined) return `${variable} is not set: it ${issue.message}`;
  return SECRET.test(variable)
    ? `${variable} ${issue.message}`
    : `${variable} ${issue.message}, got ${JSON.stringify(given)}`;
};

/**
 * Reads the variables that the schema names and freezes what they mean. A variable set to nothing counts as not set.
 * Throws `ConfigError` with every complaint in one line.
 */
export const parseConfig = <Schema extends z.ZodObject>(
  schema: Schema,
  env: Environment,
): Readonly<z.infer<Schema>> => {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) =>
      env[name] === undefined || env[name] === '' ? [] : [[name, env[name]]],
    ),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return Object.freeze(parsed.data);
  throw new ConfigError(`config: ${parsed.error.issues.map((issue) => complaintOf(issue, given)).join('; ')}`);
};
