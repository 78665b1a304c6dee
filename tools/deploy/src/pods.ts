import { at, objectsAt, stringsAt, textAt, titleOf, type Json, type JsonObject, type Manifest } from './manifest';

export type Pod = {
  readonly owner: Manifest;
  readonly labels: Readonly<Record<string, string>>;
  readonly spec: Json | undefined;
  /** Init containers first, as they run. */
  readonly containers: readonly JsonObject[];
};

/** The pods that these objects ask for, one per template. */
export const podsOf = (manifests: readonly Manifest[]): readonly Pod[] =>
  manifests
    .filter((manifest) => at(manifest, 'spec', 'template') !== undefined)
    .map((owner) => {
      const spec = at(owner, 'spec', 'template', 'spec');
      return {
        owner,
        labels: stringsAt(owner, 'spec', 'template', 'metadata', 'labels'),
        spec,
        containers: [...objectsAt(spec, 'initContainers'), ...objectsAt(spec, 'containers')],
      };
    });

/** Whether labels are all that a selector of `matchLabels` or of a Service asks for; an empty one selects everything. */
export const selects = (selector: Json | undefined, labels: Readonly<Record<string, string>>): boolean => {
  const wanted = at(selector, 'matchLabels') ?? selector;
  return Object.entries(stringsAt(wanted)).every(([key, value]) => labels[key] === value);
};

const decoded = (manifest: Manifest): Readonly<Record<string, string>> => {
  const data = stringsAt(manifest, 'data');
  if (manifest.kind !== 'Secret') return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, text]) => [key, Buffer.from(text, 'base64').toString('utf8')]),
  );
};

/** The environment that a container gets. Throws when it refers to what is not among the objects. */
export const environmentOf = (
  container: JsonObject,
  manifests: readonly Manifest[],
): Readonly<Record<string, string>> => {
  const variables: Record<string, string> = {};
  for (const source of objectsAt(container, 'envFrom')) {
    const kind = at(source, 'configMapRef') === undefined ? 'Secret' : 'ConfigMap';
    const name = textAt(source, kind === 'Secret' ? 'secretRef' : 'configMapRef', 'name');
    Object.assign(variables, decoded(findManifest(manifests, kind, name)));
  }
  for (const variable of objectsAt(container, 'env')) {
    const reference = at(variable, 'valueFrom', 'secretKeyRef');
    const given =
      reference === undefined
        ? variable['value']
        : decoded(findManifest(manifests, 'Secret', textAt(reference, 'name')))[textAt(reference, 'key')];
    const name = textAt(variable, 'name');
    if (typeof given !== 'string') throw new Error(`${name} has no value`);
    variables[name] = given;
  }
  return variables;
};

/** The one object of a kind and name. Throws when there is none. */
export const findManifest = (manifests: readonly Manifest[], kind: string, name: string): Manifest => {
  const found = manifests.find((manifest) => titleOf(manifest) === `${kind} ${name}`);
  if (found === undefined) throw new Error(`${kind} ${name} is not there`);
  return found;
};

export const containerOf = ({ owner, containers }: Pod, name: string): JsonObject => {
  const found = containers.find((container) => container['name'] === name);
  if (found === undefined) throw new Error(`${titleOf(owner)} has no container ${name}`);
  return found;
};
