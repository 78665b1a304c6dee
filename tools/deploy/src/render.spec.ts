import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { DeployError } from './deploy-error';
import { parseManifests, stringsAt, titleOf, type Manifest } from './manifest';
import { render } from './render';
import { ROOT, readText, textOf } from './repository.fixture';

const HEAD = 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n';
const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    spec:
      containers:
        - { name: a, image: 'shop/web', env: [{ name: X, value: '1' }, { name: Y, value: '2' }] }
        - { name: b, image: 'host:5000/other:1' }
`;

const renderedFrom = (kustomization: string, files: Readonly<Record<string, string>> = {}): readonly Manifest[] =>
  render('k', (path) => ({ 'k/kustomization.yaml': HEAD + kustomization, 'k/web.yaml': DEPLOYMENT, ...files })[path]);

const refusal = (kustomization: string, files: Readonly<Record<string, string>> = {}): DeployError => {
  try {
    renderedFrom(kustomization, files);
  } catch (error) {
    if (error instanceof DeployError) return error;
    throw error;
  }
  throw new Error('accepted');
};

describe('the renderer', () => {
  it('merges a patch into what it targets, new items of a list first', () => {
    const patch =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: any }\nspec: { template: { spec: { containers: [{ name: n, image: new }, { name: a, env: [{ name: Y, value: "3" }] }] } } }';
    const [web] = renderedFrom('resources: [web.yaml]\npatches: [{ path: p.yaml, target: { kind: Deployment } }]', {
      'k/p.yaml': patch,
    });
    expect(web).toMatchObject({
      metadata: { name: 'web' },
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'n' },
              { name: 'a', image: 'shop/web', env: [{ name: 'X' }, { name: 'Y', value: '3' }] },
              { name: 'b' },
            ],
          },
        },
      },
    });
  });

  it('takes a field away that a patch sets to null', () => {
    const patch = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: null';
    const [web] = renderedFrom('resources: [web.yaml]\npatches: [{ path: p.yaml }]', { 'k/p.yaml': patch });
    expect(web).not.toHaveProperty('spec');
  });

  it('sets namespace, labels of object and template, and images by their whole name', () => {
    const [web] = renderedFrom(
      'namespace: n\nresources: [web.yaml]\nlabels: [{ pairs: { team: t }, includeTemplates: true }]\nimages: [{ name: shop/web, newTag: "2" }, { name: other, newTag: "3" }]',
    );
    expect(web).toMatchObject({
      metadata: { namespace: 'n', labels: { team: 't' } },
      spec: {
        template: {
          metadata: { labels: { team: 't' } },
          spec: { containers: [{ image: 'shop/web:2' }, { image: 'host:5000/other:1' }] },
        },
      },
    });
  });

  it('generates secrets in base64 and config maps from files', () => {
    const rendered = renderedFrom(
      'generatorOptions: { disableNameSuffixHash: true }\nsecretGenerator: [{ name: s, literals: [KEY=a=b] }]\nconfigMapGenerator: [{ name: c, files: [x/run.sh] }]',
      { 'k/x/run.sh': 'echo\n' },
    );
    expect(rendered).toEqual([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { 'run.sh': 'echo\n' } },
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, type: 'Opaque', data: { KEY: 'YT1i' } },
    ]);
  });

  it.each([
    ['a field that it does not know', 'namePrefix: x-', 'namePrefix'],
    ['generated names with a hash', 'secretGenerator: [{ name: s }]', 'hash'],
    ['a file that is not there', 'resources: [gone.yaml]', 'gone.yaml is not there'],
    ['one object twice', 'resources: [web.yaml, web.yaml]', 'Deployment web is there twice'],
    [
      'a patch of nothing',
      'resources: [web.yaml]\npatches: [{ path: web.yaml, target: { kind: Service } }]',
      'nothing',
    ],
    ['a namespace of another name', 'namespace: n\nresources: [ns.yaml]', 'Namespace other'],
    ['a kind that it does not know', 'resources: [job.yaml]', 'the kind Job'],
  ])('refuses %s', (_, kustomization, words) => {
    const files = {
      'k/ns.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: { name: other }',
      'k/job.yaml': 'apiVersion: batch/v1\nkind: Job\nmetadata: { name: j }',
    };
    expect(refusal(kustomization, files).message).toContain(words);
  });

  it.each([
    ['a directive', 'spec: { $patch: delete }', '$patch'],
    ['a list whose rule it does not know', 'spec: { tolerations: [{ key: x }] }', 'tolerations'],
  ])('refuses a patch with %s', (_, body, words) => {
    const head = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\n';
    const files = { 'k/web.yaml': `${head}spec: { tolerations: [{ key: y }] }`, 'k/p.yaml': head + body };
    expect(refusal('resources: [web.yaml]\npatches: [{ path: p.yaml }]', files).message).toContain(words);
  });
});

/** Kustomize folds long base64 into lines, which means the same. */
const unfolded = (manifest: Manifest): Manifest =>
  manifest.kind === 'Secret'
    ? {
        ...manifest,
        data: Object.fromEntries(
          Object.entries(stringsAt(manifest, 'data')).map(([key, text]) => [key, text.replace(/\s/g, '')]),
        ),
      }
    : manifest;

const byTitle = (manifests: readonly Manifest[]): Record<string, Manifest> =>
  Object.fromEntries(manifests.map((manifest) => [titleOf(manifest), manifest]));

/** Of the real thing, where it is installed. */
const KUSTOMIZE = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'kustomize'))
  .find(existsSync);

describe.each(['k8s/base', 'k8s/overlays/local'])('%s', (folder) => {
  it(KUSTOMIZE === undefined ? 'renders (no kustomize to compare with)' : 'is rendered as Kustomize does', () => {
    const ours = byTitle(render(folder, readText));
    expect(Object.keys(ours)).toContain('Deployment orders');
    if (KUSTOMIZE === undefined) return;
    const theirs = execFileSync(KUSTOMIZE, ['build', folder], { cwd: ROOT, encoding: 'utf8' });
    expect(byTitle(parseManifests(theirs, 'kustomize').map(unfolded))).toEqual(ours);
  });
});

describe('the overlay that k8s/README.md shows', () => {
  const [example] = /(?<=```yaml\n)[^`]+(?=```)/.exec(textOf('k8s/README.md')) ?? [];

  it('renders, with its own namespace, brokers and image', () => {
    const files = (path: string): string | undefined =>
      path === 'k8s/overlays/own/kustomization.yaml' ? example : readText(path);
    const rendered = byTitle(render('k8s/overlays/own', files));
    expect(rendered['ConfigMap flock']).toMatchObject({
      metadata: { namespace: 'fulfilment' },
      data: { KAFKA_BROKERS: expect.stringContaining('kafka-2') },
    });
    expect(JSON.stringify(rendered['Deployment orders'])).toContain('registry.example.com/murmuration/orders:0.1.0');
  });
});
