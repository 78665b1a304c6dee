import { parseAllDocuments } from 'yaml';
import { DeployError } from './deploy-error';

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

/** One Kubernetes object. */
export type Manifest = JsonObject & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject & { readonly name: string };
};

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** What lies at a path of keys and indices, undefined where the path leaves the value. */
export const at = (value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined =>
  path.reduce<Json | undefined>((inner, key) => {
    if (isList(inner)) return typeof key === 'number' ? inner[key] : undefined;
    return isObject(inner) ? inner[key] : undefined;
  }, value);

/** The text at a path; that there is none, or another value, shows as a text that nothing is called. */
export const textAt = (value: Json | undefined, ...path: readonly (string | number)[]): string => {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '(nothing)';
};

/** The value at a path as a list of objects, empty where there is none. */
export const objectsAt = (value: Json | undefined, ...path: readonly (string | number)[]): readonly JsonObject[] => {
  const found = at(value, ...path);
  return isList(found) ? found.filter(isObject) : [];
};

/** The value at a path as strings by name, empty where there are none. */
export const stringsAt = (
  value: Json | undefined,
  ...path: readonly (string | number)[]
): Readonly<Record<string, string>> => {
  const found = at(value, ...path);
  if (!isObject(found)) return {};
  return Object.fromEntries(
    Object.entries(found).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  );
};

/** What people call an object, e.g. `Deployment orders`. */
export const titleOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`;

const isManifest = (value: Json): value is Manifest =>
  typeof at(value, 'apiVersion') === 'string' &&
  typeof at(value, 'kind') === 'string' &&
  typeof at(value, 'metadata', 'name') === 'string';

/** The documents of a YAML file as plain values. Throws `DeployError` that names the file. */
export const parseYaml = (text: string, file: string): readonly Json[] =>
  parseAllDocuments(text, { merge: true }).map((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw new DeployError('malformed', `${file}: ${problem.message}`, problem);
    return document.toJS() as Json;
  });

export const parseManifests = (text: string, file: string): readonly Manifest[] =>
  parseYaml(text, file).map((document) => {
    if (!isManifest(document))
      throw new DeployError('malformed', `${file}: a document has no apiVersion, kind or metadata.name`);
    return document;
  });
