import { DeployError } from './deploy-error';
import { at, isList, isObject, type Json, type JsonObject } from './manifest';

/** Lists whose items are known by one of their fields. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  volumes: 'name',
  env: 'name',
  volumeMounts: 'mountPath',
};

/** Lists that are replaced as a whole. */
const ATOMIC: ReadonlySet<string> = new Set(['args', 'command', 'metrics']);

/**
 * A strategic merge patch: objects are merged, null takes a field away, and items of a list that Kubernetes knows by a key are
 * merged by it, new ones first, as Kustomize does. Throws `DeployError` for directives and for lists whose rule is not known here.
 */
export const strategicMerge = (base: Json | undefined, patch: Json, field = ''): Json => {
  if (isObject(patch)) return mergeObjects(isObject(base) ? base : {}, patch);
  if (isList(patch) && isList(base)) return mergeLists(base, patch, field);
  return isList(patch) ? patch.map((item) => (isObject(item) ? mergeObjects({}, item) : item)) : patch;
};

const mergeObjects = (base: JsonObject, patch: JsonObject): JsonObject => {
  const merged: Record<string, Json> = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) throw new DeployError('not-in-the-subset', `the directive ${key} of a patch`);
    if (value === null) delete merged[key];
    else merged[key] = strategicMerge(base[key], value, key);
  }
  return merged;
};

const mergeLists = (base: readonly Json[], patch: readonly Json[], field: string): readonly Json[] => {
  const key = MERGE_KEYS[field];
  if (key === undefined) {
    if (ATOMIC.has(field)) return patch;
    throw new DeployError('not-in-the-subset', `a patch of the list "${field}": whether its items merge is not known`);
  }
  const nameOf = (item: Json): Json | undefined => at(item, key);
  const added = patch.filter((item) => !base.some((there) => nameOf(there) === nameOf(item)));
  return [
    ...added.map((item) => strategicMerge(undefined, item)),
    ...base.map((there) => {
      const change = patch.find((item) => nameOf(item) === nameOf(there));
      return change === undefined ? there : strategicMerge(there, change);
    }),
  ];
};
