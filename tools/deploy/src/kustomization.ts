import { z } from 'zod';
import { DeployError } from './deploy-error';
import { parseYaml } from './manifest';

const generator = z.strictObject({
  name: z.string(),
  literals: z.array(z.string()).default([]),
  files: z.array(z.string()).default([]),
});

/** The part of Kustomize that is rendered here; whatever else a kustomization says is refused. */
const schema = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  namespace: z.string().optional(),
  resources: z.array(z.string()).default([]),
  patches: z
    .array(
      z.strictObject({
        path: z.string().optional(),
        patch: z.string().optional(),
        target: z.strictObject({ kind: z.string(), name: z.string().optional() }).optional(),
      }),
    )
    .default([]),
  labels: z
    .array(z.strictObject({ pairs: z.record(z.string(), z.string()), includeTemplates: z.boolean().default(false) }))
    .default([]),
  images: z
    .array(z.strictObject({ name: z.string(), newName: z.string().optional(), newTag: z.string().optional() }))
    .default([]),
  configMapGenerator: z.array(generator).default([]),
  secretGenerator: z.array(generator).default([]),
  generatorOptions: z.strictObject({ disableNameSuffixHash: z.literal(true) }).optional(),
});

export type Kustomization = Readonly<z.infer<typeof schema>>;
export type Generator = Readonly<z.infer<typeof generator>>;
export type Patch = Kustomization['patches'][number];

/** Reads a kustomization. Throws `DeployError` that names what is outside of the subset. */
export const parseKustomization = (text: string, file: string): Kustomization => {
  const [document, ...more] = parseYaml(text, file);
  const parsed = schema.safeParse(document);
  if (!parsed.success || more.length > 0) {
    const reasons = parsed.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim());
    throw new DeployError('not-in-the-subset', `${file}: ${reasons?.join('; ') ?? 'more than one document'}`);
  }
  const { configMapGenerator, secretGenerator, generatorOptions } = parsed.data;
  if (configMapGenerator.length + secretGenerator.length > 0 && generatorOptions === undefined)
    throw new DeployError('not-in-the-subset', `${file}: generated names with a hash; set generatorOptions`);
  return parsed.data;
};
