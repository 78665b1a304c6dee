import { join, normalize } from 'node:path/posix';
import { DeployError } from './deploy-error';
import { parseKustomization, type Generator, type Kustomization, type Patch } from './kustomization';
import { at, isList, isObject, parseManifests, titleOf, type Json, type JsonObject, type Manifest } from './manifest';
import { strategicMerge } from './strategic-merge';

/** The text of a file below the repository's root, undefined when there is none. */
export type ReadText = (path: string) => string | undefined;

const CLUSTER_WIDE: ReadonlySet<string> = new Set(['Namespace']);
const WITH_TEMPLATE: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet']);
const PLAIN: ReadonlySet<string> = new Set([
  'ConfigMap',
  'HorizontalPodAutoscaler',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'Secret',
  'Service',
  'ServiceAccount',
]);
const KUSTOMIZATION = 'kustomization.yaml';

/**
 * Renders the kustomization of a folder as `kustomize build` does, for the subset that `kustomization.ts` names. Throws
 * `DeployError` for everything that it does not know, rather than guess.
 */
export const render = (folder: string, read: ReadText): readonly Manifest[] => {
  const file = join(folder, KUSTOMIZATION);
  const kustomization = parseKustomization(textOf(file, read), file);
  const manifests = [
    ...kustomization.resources.flatMap((resource) => resourcesOf(join(folder, resource), read)),
    ...kustomization.configMapGenerator.map((generator) => configMap(generator, folder, read)),
    ...kustomization.secretGenerator.map((generator) => secret(generator, folder, read)),
  ];
  refuseUnknownKinds(manifests);
  refuseTwins(manifests);
  return transformed(manifests, kustomization, folder, read);
};

const textOf = (path: string, read: ReadText): string => {
  const text = read(normalize(path));
  if (text === undefined) throw new DeployError('no-target', `${path} is not there`);
  return text;
};

const resourcesOf = (path: string, read: ReadText): readonly Manifest[] =>
  /\.ya?ml$/.test(path) ? parseManifests(textOf(path, read), path) : render(path, read);

const entriesOf = ({ literals, files }: Generator, folder: string, read: ReadText): Record<string, string> => {
  const entries: Record<string, string> = {};
  for (const literal of literals) {
    const [, key, value] = /^([^=]+)=([^'"].*)$/s.exec(literal) ?? [];
    if (key === undefined || value === undefined) throw new DeployError('not-in-the-subset', `the literal ${literal}`);
    entries[key] = value;
  }
  for (const path of files) entries[path.split('/').pop() ?? path] = textOf(join(folder, path), read);
  return entries;
};

const configMap = (generator: Generator, folder: string, read: ReadText): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: generator.name },
  data: entriesOf(generator, folder, read),
});

const secret = (generator: Generator, folder: string, read: ReadText): Manifest => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: generator.name },
  type: 'Opaque',
  data: Object.fromEntries(
    Object.entries(entriesOf(generator, folder, read)).map(([key, value]) => [
      key,
      Buffer.from(value, 'utf8').toString('base64'),
    ]),
  ),
});

const refuseUnknownKinds = (manifests: readonly Manifest[]): void => {
  for (const { kind } of manifests)
    if (!PLAIN.has(kind) && !WITH_TEMPLATE.has(kind) && !CLUSTER_WIDE.has(kind))
      throw new DeployError('not-in-the-subset', `the kind ${kind}`);
};

const refuseTwins = (manifests: readonly Manifest[]): void => {
  const titles = manifests.map(titleOf);
  const twin = titles.find((title, index) => titles.indexOf(title) !== index);
  if (twin !== undefined) throw new DeployError('malformed', `${twin} is there twice`);
};

const transformed = (
  manifests: readonly Manifest[],
  kustomization: Kustomization,
  folder: string,
  read: ReadText,
): readonly Manifest[] => {
  const { patches, namespace, labels, images } = kustomization;
  const patched = patches.reduce<readonly Manifest[]>((all, patch) => applyPatch(all, patch, folder, read), manifests);
  return patched.map((manifest) =>
    images.reduce(
      withImage,
      labels.reduce(withLabels, namespace === undefined ? manifest : inNamespace(manifest, namespace)),
    ),
  );
};

const applyPatch = (
  manifests: readonly Manifest[],
  { path, patch: inline, target }: Patch,
  folder: string,
  read: ReadText,
): readonly Manifest[] => {
  if ((path === undefined) === (inline === undefined))
    throw new DeployError('not-in-the-subset', `${folder}: a patch is either a path or a text`);
  const file = join(folder, path ?? 'patch');
  const [patch, ...more] = parseManifests(inline ?? textOf(file, read), file);
  if (patch === undefined || more.length > 0) throw new DeployError('malformed', `${file} is not one document`);
  const wanted = target ?? { kind: patch.kind, name: patch.metadata.name };
  const matches = ({ kind, metadata }: Manifest): boolean =>
    kind === wanted.kind && (wanted.name === undefined || wanted.name === metadata.name);
  if (!manifests.some(matches)) throw new DeployError('no-target', `${file} patches nothing`);
  return manifests.map((manifest) => (matches(manifest) ? applyTo(manifest, patch) : manifest));
};

/** The name of a patch with a target is no change of name. */
const applyTo = (manifest: Manifest, patch: Manifest): Manifest => {
  const merged = strategicMerge(manifest, patch) as Manifest;
  return { ...merged, metadata: { ...merged.metadata, name: manifest.metadata.name } };
};

const inNamespace = (manifest: Manifest, namespace: string): Manifest => {
  const { kind, metadata } = manifest;
  if (!CLUSTER_WIDE.has(kind)) return { ...manifest, metadata: { ...metadata, namespace } };
  if (metadata.name !== namespace)
    throw new DeployError('not-in-the-subset', `${titleOf(manifest)} beside the namespace ${namespace}`);
  return manifest;
};

const labelled = (metadata: Json | undefined, pairs: Readonly<Record<string, string>>): JsonObject => {
  const known = isObject(metadata) ? metadata : {};
  const labels = known['labels'];
  return { ...known, labels: { ...(isObject(labels) ? labels : {}), ...pairs } };
};

const withLabels = (manifest: Manifest, { pairs, includeTemplates }: Kustomization['labels'][number]): Manifest => {
  const own = { ...manifest, metadata: { ...labelled(manifest.metadata, pairs), name: manifest.metadata.name } };
  if (!includeTemplates || !WITH_TEMPLATE.has(manifest.kind)) return own;
  const spec = strategicMerge(manifest['spec'], { template: { metadata: labelled(undefined, pairs) } }) as JsonObject;
  const claims = spec['volumeClaimTemplates'];
  if (!isList(claims)) return { ...own, spec };
  const volumeClaimTemplates = claims.map((claim) =>
    isObject(claim) ? { ...claim, metadata: labelled(claim['metadata'], pairs) } : claim,
  );
  return { ...own, spec: { ...spec, volumeClaimTemplates } };
};

const withImage = (manifest: Manifest, image: Kustomization['images'][number]): Manifest =>
  WITH_TEMPLATE.has(manifest.kind) ? (renamed(manifest, image) as Manifest) : manifest;

/** Every `image` of a list of containers, wherever it is. */
const renamed = (value: Json, image: Kustomization['images'][number]): Json => {
  if (isList(value)) return value.map((item) => renamed(item, image));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      (key === 'containers' || key === 'initContainers') && isList(inner)
        ? inner.map((container) => withNewImage(container, image))
        : renamed(inner, image),
    ]),
  );
};

const withNewImage = (container: Json, { name, newName, newTag }: Kustomization['images'][number]): Json => {
  const current = at(container, 'image');
  if (!isObject(container) || typeof current !== 'string') return container;
  const [, repository, tag] = /^(.*?)(?::([^:/@]+))?$/.exec(current) ?? [];
  if (repository !== name) return container;
  const wantedTag = newTag ?? tag;
  return { ...container, image: `${newName ?? name}${wantedTag === undefined ? '' : `:${wantedTag}`}` };
};
