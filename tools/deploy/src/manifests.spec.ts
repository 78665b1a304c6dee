import { at, isList, isObject, objectsAt, stringsAt, textAt, titleOf, type Manifest } from './manifest';
import { podsOf, selects } from './pods';
import { render } from './render';
import { readText } from './repository.fixture';

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const USER_ROOT = 0;

const ofKind = (manifests: readonly Manifest[], kind: string): readonly Manifest[] =>
  manifests.filter((manifest) => manifest.kind === kind);

describe.each(['k8s/base', 'k8s/overlays/local'])('every object of %s', (folder) => {
  const manifests = render(folder, readText);
  const pods = podsOf(manifests);
  const containers = pods.flatMap(({ owner, containers: all }) =>
    all.map((container) => ({ title: `${titleOf(owner)}, ${textAt(container, 'name')}`, container })),
  );

  it('has a name that Kubernetes takes everywhere', () => {
    for (const { metadata } of manifests) expect(metadata.name).toMatch(DNS_LABEL);
  });

  it('is part of the flock', () => {
    for (const manifest of manifests)
      expect(stringsAt(manifest, 'metadata', 'labels')).toMatchObject({ 'app.kubernetes.io/part-of': 'murmuration' });
  });

  it('that selects pods selects one that is there, and a workload its own', () => {
    for (const manifest of manifests) {
      const selector = at(manifest, 'spec', 'selector') ?? at(manifest, 'spec', 'podSelector');
      if (selector === undefined) continue;
      const selected = pods.filter(({ labels }) => selects(selector, labels)).map(({ owner }) => titleOf(owner));
      expect({ [titleOf(manifest)]: selected.length > 0 }).toEqual({ [titleOf(manifest)]: true });
      const own = at(manifest, 'spec', 'template') === undefined ? selected : [titleOf(manifest)];
      if (manifest.kind !== 'NetworkPolicy') expect(selected).toEqual(own);
    }
  });

  it('refers only to accounts, volumes and ports that are there', () => {
    for (const { owner, spec, containers: all } of pods) {
      const account = at(spec, 'serviceAccountName');
      if (account !== undefined)
        expect(ofKind(manifests, 'ServiceAccount').map(({ metadata }) => metadata.name)).toContain(account);
      const volumes = [...objectsAt(spec, 'volumes'), ...objectsAt(owner, 'spec', 'volumeClaimTemplates')].map(
        (volume) => at(volume, 'name') ?? at(volume, 'metadata', 'name'),
      );
      for (const container of all)
        for (const { name } of objectsAt(container, 'volumeMounts')) expect(volumes).toContain(name);
    }
    for (const service of ofKind(manifests, 'Service')) {
      const pod = pods.find(({ labels }) => selects(at(service, 'spec', 'selector'), labels));
      const open = (pod?.containers ?? []).flatMap((container) =>
        objectsAt(container, 'ports').map(({ name }) => name),
      );
      for (const { targetPort } of objectsAt(service, 'spec', 'ports')) expect(open).toContain(targetPort);
    }
  });

  it('has replicas from itself or from an autoscaler, never from both', () => {
    const scaled = ofKind(manifests, 'HorizontalPodAutoscaler').map(
      (scaler) =>
        `${textAt(scaler, 'spec', 'scaleTargetRef', 'kind')} ${textAt(scaler, 'spec', 'scaleTargetRef', 'name')}`,
    );
    const own = pods
      .filter(({ owner }) => at(owner, 'spec', 'replicas') !== undefined)
      .map(({ owner }) => titleOf(owner));
    expect([...scaled, ...own].sort()).toEqual(pods.map(({ owner }) => titleOf(owner)).sort());
  });

  it('runs without privileges, without a token, as a user with a number', () => {
    for (const { spec } of pods) {
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(at(spec, 'securityContext', 'runAsUser')).toBeGreaterThan(USER_ROOT);
    }
    for (const { container } of containers)
      expect(container).toMatchObject({
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      });
  });

  it('writes to volumes alone, but for the broker, whose image writes its settings beside itself', () => {
    const writing = containers.filter(
      ({ container }) => at(container, 'securityContext', 'readOnlyRootFilesystem') !== true,
    );
    expect(writing.map(({ title }) => title)).toEqual(folder === 'k8s/base' ? [] : ['StatefulSet kafka, kafka']);
  });

  it('asks for what it needs and takes no more than its limit', () => {
    for (const { container } of containers)
      for (const kind of ['requests', 'limits'])
        expect(Object.keys(stringsAt(container, 'resources', kind)).sort()).toEqual(['cpu', 'memory']);
  });

  it('has an image of a stated version', () => {
    for (const { container } of containers) expect(container['image']).toMatch(/^[^:@]+:(?!latest$)[\w.-]+$/);
  });

  it('probes readiness in another way than liveness, and within its period', () => {
    for (const { containers: all } of pods) {
      const served = all.filter((container) => container['readinessProbe'] !== undefined);
      expect(served).toHaveLength(1);
      for (const container of served) {
        const how = (probe: string) => ['httpGet', 'exec', 'tcpSocket'].map((kind) => at(container, probe, kind));
        if (textAt(container, 'image').startsWith('murmuration/'))
          expect(how('livenessProbe')).not.toEqual(how('readinessProbe'));
        for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
          expect(isObject(container[probe])).toBe(true);
          expect(Number(at(container, probe, 'timeoutSeconds'))).toBeGreaterThan(1);
        }
      }
    }
  });
});

describe('the local overlay', () => {
  const manifests = render('k8s/overlays/local', readText);

  it('puts everything into its one namespace, in which only restricted pods may run', () => {
    const [namespace, ...others] = ofKind(manifests, 'Namespace');
    expect(others).toEqual([]);
    expect(stringsAt(namespace, 'metadata', 'labels')).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    for (const { kind, metadata } of manifests)
      if (kind !== 'Namespace') expect(metadata['namespace']).toBe(namespace?.metadata.name);
  });

  it('keeps what the database and the broker store in claimed volumes', () => {
    for (const { owner, containers } of podsOf(ofKind(manifests, 'StatefulSet'))) {
      const [container] = containers;
      const [mount] = objectsAt(container, 'volumeMounts').filter(({ name }) => name === 'data');
      expect(isList(at(owner, 'spec', 'volumeClaimTemplates'))).toBe(true);
      expect(mount).toBeDefined();
    }
  });
});
