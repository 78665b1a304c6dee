import { DeployError } from './deploy-error';
import { isList, isObject, parseYaml, type Json, type JsonObject } from './manifest';

/**
 * A compose file as Compose reads it, with `${NAME:-default}` filled in from these variables. Throws `DeployError` for any
 * other form of interpolation, and for what is no mapping of services.
 */
export const parseCompose = (
  text: string,
  file: string,
  variables: Readonly<Record<string, string>> = {},
): { readonly services: Readonly<Record<string, JsonObject>>; readonly whole: JsonObject } => {
  const [document] = parseYaml(text, file);
  const whole = interpolated(document ?? null, variables);
  const services = isObject(whole) ? whole['services'] : undefined;
  if (!isObject(whole) || !isObject(services)) throw new DeployError('malformed', `${file} has no services`);
  return {
    whole,
    services: Object.fromEntries(
      Object.entries(services).filter((entry): entry is [string, JsonObject] => isObject(entry[1])),
    ),
  };
};

const interpolated = (value: Json, variables: Readonly<Record<string, string>>): Json => {
  if (isList(value)) return value.map((item) => interpolated(item, variables));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, interpolated(inner, variables)]));
  if (typeof value !== 'string') return value;
  const filled = value.replaceAll(
    /\$\{([A-Z_]+):-([^}]*)\}/g,
    (_, name: string, otherwise: string) => variables[name] ?? otherwise,
  );
  if (filled.includes('$')) throw new DeployError('not-in-the-subset', `the interpolation in ${value}`);
  return filled;
};

/** The environment of a service as the strings that the container gets. */
export const composeEnvironment = ({ environment }: JsonObject): Readonly<Record<string, string>> => {
  if (!isObject(environment)) return {};
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, isScalar(value) ? `${value}` : '']),
  );
};

const isScalar = (value: Json): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** Milliseconds of a duration such as `20s`. */
export const durationMs = (text: Json | undefined): number => {
  const [, seconds] = typeof text === 'string' ? (/^(\d+)s$/.exec(text) ?? []) : [];
  if (seconds === undefined) throw new DeployError('not-in-the-subset', 'a duration that is not in seconds');
  return Number(seconds) * 1_000;
};
