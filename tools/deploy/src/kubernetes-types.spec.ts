import { refusedByKubernetes } from './kubernetes-types';
import { parseManifests } from './manifest';
import { render } from './render';
import { ROOT, readText } from './repository.fixture';

const refusals = (text: string): readonly string[] => refusedByKubernetes(parseManifests(text, 'given'), ROOT);

const POD_OF = (container: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template: { spec: { containers: [{ name: web, ${container} }] } }
`;

describe('what the Kubernetes API takes', () => {
  it.each(['k8s/base', 'k8s/overlays/local'])('includes everything that %s renders', (folder) => {
    expect(refusedByKubernetes(render(folder, readText), ROOT)).toEqual([]);
  });

  it('does not include a field that is spelt wrongly, however deep', () => {
    const [refusal, ...more] = refusals(POD_OF('livenessProbe: { initalDelaySeconds: 3 }'));
    expect(refusal).toContain('Deployment web: "initalDelaySeconds": 3');
    expect(more).toEqual([]);
  });

  it('does not include a value of another type', () => {
    expect(refusals(POD_OF('env: [{ name: PORT, value: 3001 }]'))).toEqual([
      expect.stringContaining("Type 'number' is not assignable to type 'string'"),
    ]);
  });

  it('does not include an object without what it must have', () => {
    expect(refusals('apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: {}')).toEqual([
      expect.stringContaining('missing the following properties'),
    ]);
  });

  it('does not include fractions of what is counted', () => {
    expect(
      refusals(
        'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: p }\nspec: { maxUnavailable: 0.5 }',
      ),
    ).toEqual(['PodDisruptionBudget p.spec.maxUnavailable: 0.5 is no whole number']);
  });

  it('does not include amounts that are none', () => {
    expect(refusals(POD_OF('resources: { limits: { memory: 5MB } }'))).toEqual([
      'Deployment web.spec.template.spec.containers.0.resources.limits.memory: 5MB is no amount',
    ]);
  });

  it('does not include versions of the API that are gone', () => {
    expect(refusals('apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: { name: p }')).toEqual([
      'PodDisruptionBudget p: apiVersion policy/v1beta1 is not known here',
    ]);
  });
});
