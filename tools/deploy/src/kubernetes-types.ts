import ts from 'typescript';
import { isList, isObject, titleOf, type Json, type Manifest } from './manifest';

/** Where `kubernetes-types`, made from the API's own description, keeps the kinds of an apiVersion. */
const MODULES: Readonly<Record<string, string>> = {
  v1: 'core/v1',
  'apps/v1': 'apps/v1',
  'autoscaling/v2': 'autoscaling/v2',
  'networking.k8s.io/v1': 'networking/v1',
  'policy/v1': 'policy/v1',
};

/** Quantities are texts for the types, such as 100m or 1Gi. */
const QUANTITY = /^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/;
const QUANTITIES: ReadonlySet<string> = new Set(['requests', 'limits']);

/**
 * What the Kubernetes API would refuse of these objects, one line each, none when it takes them all: fields that it does not
 * have, that are missing or of another type, fractions, and amounts that are none. `folder` is where packages are looked for.
 */
export const refusedByKubernetes = (manifests: readonly Manifest[], folder: string): readonly string[] => {
  const unknown = manifests.filter(({ apiVersion }) => MODULES[apiVersion] === undefined);
  const known = manifests.filter(({ apiVersion }) => MODULES[apiVersion] !== undefined);
  return [
    ...unknown.map((manifest) => `${titleOf(manifest)}: apiVersion ${manifest.apiVersion} is not known here`),
    ...known.flatMap((manifest) => wrongNumbers(manifest, titleOf(manifest))),
    ...refusedByTypes(known, folder),
  ];
};

const wrongNumbers = (value: Json, path: string, key = ''): readonly string[] => {
  if (typeof value === 'number') return Number.isInteger(value) ? [] : [`${path}: ${value} is no whole number`];
  if (isList(value)) return value.flatMap((item, index) => wrongNumbers(item, `${path}.${index}`));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const isAmount = QUANTITIES.has(key) && typeof inner === 'string';
    if (isAmount && !QUANTITY.test(inner)) return [`${path}.${name}: ${inner} is no amount`];
    return wrongNumbers(inner, `${path}.${name}`, name);
  });
};

/** One constant per object, of its kind's type: an object literal may say nothing that its type does not know. */
const sourceOf = (manifests: readonly Manifest[]): { readonly text: string; readonly starts: readonly number[] } => {
  const starts: number[] = [];
  let text = Object.entries(MODULES)
    .map(([, path]) => `import type * as ${aliasOf(path)} from 'kubernetes-types/${path}';\n`)
    .join('');
  manifests.forEach((manifest, index) => {
    starts.push(text.length);
    const type = `${aliasOf(MODULES[manifest.apiVersion] ?? '')}.${manifest.kind}`;
    text += `export const object${index}: ${type} = ${JSON.stringify(manifest, null, 1)};\n`;
  });
  return { text, starts };
};

const aliasOf = (path: string): string => path.replace(/\W/g, '_');

const OPTIONS: ts.CompilerOptions = {
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  types: [],
  lib: ['lib.es2023.d.ts'],
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

/** Of the language and the API, parsed once. */
const declarations = new Map<string, ts.SourceFile | undefined>();

const refusedByTypes = (manifests: readonly Manifest[], folder: string): readonly string[] => {
  const { text, starts } = sourceOf(manifests);
  const file = `${folder}/rendered-manifests.ts`;
  const host = ts.createCompilerHost(OPTIONS);
  const program = ts.createProgram([file], OPTIONS, {
    ...host,
    fileExists: (name) => name === file || host.fileExists(name),
    getSourceFile: (name, options) => {
      if (name === file) return ts.createSourceFile(name, text, options);
      if (!declarations.has(name)) declarations.set(name, host.getSourceFile(name, options));
      return declarations.get(name);
    },
  });
  return ts.getPreEmitDiagnostics(program).map(({ start, messageText }) => {
    const owner = manifests[starts.findLastIndex((from) => start !== undefined && from <= start)];
    const line = start === undefined ? '' : (text.slice(start).split('\n')[0] ?? '');
    const reason = ts.flattenDiagnosticMessageText(messageText, ' ').replace(/\s+/g, ' ');
    return `${owner === undefined ? 'all' : titleOf(owner)}: ${line.trim()}: ${reason}`;
  });
};
