import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import { parse } from 'yaml';
import { DEADLINES, versionsOf } from '@murmuration/contracts';
import { readBaseline } from '../baseline/baseline-files';
import { declaredChoreography } from '../check/choreography';
import { SCRIPTS } from '../play/scripts';
import { workspaceRoot } from '../workspace-root';
import { drawn } from './draw';
import { staleness } from './reference-files';

const root = workspaceRoot(__dirname);
const files = drawn(declaredChoreography);
const fileOf = (file: string): string => {
  const content = files.get(file);
  if (content === undefined) throw new Error(`${file} is not drawn`);
  return content;
};
const { events, steps } = declaredChoreography;

it('is the same on disk: if this fails, run `npm run contracts -- draw` and commit what it writes', () => {
  expect(staleness(root, files)).toEqual({ outdated: [], superfluous: [] });
});

it('draws the same twice', () => {
  expect(drawn(declaredChoreography)).toEqual(files);
});

describe('the JSON Schema of', () => {
  const ajv = new Ajv2020({ strict: true, allErrors: true, formats: { 'date-time': isDateTime } });
  ajv.addKeyword('x-personal');
  const { golden } = readBaseline(root);
  const validatorOf = (name: string) => ajv.compile(JSON.parse(fileOf(`schemas/${name}.schema.json`)) as object);

  it.each(events.flatMap((event) => versionsOf(event).map(({ name }) => [name] as const)))(
    '%s is one of 2020-12 that its golden example fits, with more fields too',
    (name) => {
      const validate = validatorOf(name);
      const example = golden.get(name) as object;
      expect(validate(example) || validate.errors).toBe(true);
      expect(validate({ ...example, addedLater: true }) || validate.errors).toBe(true);
      expect(validate({})).toBe(false);
    },
  );
});

function isDateTime(text: string): boolean {
  return !Number.isNaN(Date.parse(text));
}

describe('the flow graph', () => {
  const graph = fileOf('flow.md');

  it('has every step of the saga and every deadline', () => {
    const isBegunByHand = (name: string): boolean => name === 'handle-attention' || name === 'refund-return';
    const saga = steps.filter(({ key, name, kind }) => key === 'orderId' && !isBegunByHand(name) && kind !== 'note');
    for (const { name } of [...saga, ...DEADLINES]) expect(graph).toContain(`"${name}`);
  });

  it('dashes what undoes, and draws through what goes forward', () => {
    expect(graph).toContain('shipping_book_shipment -.->|"shipment-refused"| payments_undo_payment');
    expect(graph).toContain('inventory_reserve_stock -->|"stock-reserved"| payments_authorize_payment');
  });

  it('names only nodes that it has declared', () => {
    const declared = new Set([...graph.matchAll(/^ {2,4}(\w+)[([{>]/gm)].map(([, node]) => node));
    const used = [...graph.matchAll(/^ {2}(\w+) <?-[-.]+>\|[^|]+\| (\w+)$/gm)].flatMap(([, from, to]) => [from, to]);
    expect(used.length).toBeGreaterThan(50);
    expect(used.filter((node) => !declared.has(node))).toEqual([]);
  });
});

it('draws one sequence for each outcome', () => {
  const page = fileOf('outcomes.md');
  expect([...page.matchAll(/^sequenceDiagram$/gm)]).toHaveLength(SCRIPTS.length);
  for (const { title } of SCRIPTS) expect(page).toContain(`\n## ${title}\n`);
});

it('lists every event and every step in the table', () => {
  const page = fileOf('who-hears-what.md');
  for (const { name } of events) expect(page).toContain(`\`${name}\``);
  for (const { service, name } of steps) expect(page).toContain(`\`${service}.${name}\``);
});

describe('the alert rules', () => {
  type Rules = {
    readonly groups: readonly {
      readonly rules: readonly {
        readonly alert: string;
        readonly expr: string;
        readonly labels: Record<string, string>;
        readonly annotations: Record<string, string>;
      }[];
    }[];
  };
  const rules = (parse(fileOf('alerts.yaml')) as Rules).groups.flatMap((group) => group.rules);

  it('are one for each deadline, and one more for each that is stored', () => {
    const deadlines = rules.flatMap(({ labels }) => labels['deadline'] ?? []);
    const timers = DEADLINES.filter(({ kind }) => kind === 'timer').map(({ name }) => name);
    expect([...deadlines].sort()).toEqual([...DEADLINES.map(({ name }) => name), ...timers].sort());
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it('tell of a backlog that is full before anything new is turned away for long, and say what to do', () => {
    const full = rules.find(({ expr }) => expr.includes('murmuration_backlog_full'));
    expect(full).toMatchObject({ labels: { severity: 'critical' } });
    expect(full).not.toHaveProperty('for');
    expect(full?.annotations['description']).toMatch(/Bring the brokers back.*UNSENT_EVENTS_MAX/);
    const filling = rules.find(({ expr }) => expr.includes('murmuration_relay_lag_events_max'));
    expect(filling).toMatchObject({ labels: { severity: 'warning' } });
  });

  it('ask for metrics that services export, by labels that they have', () => {
    const source = ['metrics', 'lifecycle']
      .map((folder) => join(root, 'libs/platform/src', folder))
      .flatMap((folder) => readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8')))
      .join('\n');
    for (const { expr } of rules) {
      const metrics = [...expr.matchAll(/murmuration_\w+/g)].map(([metric]) =>
        metric.replace(/_(count|sum|bucket)$/, ''),
      );
      expect(metrics).not.toEqual([]);
      for (const metric of metrics) expect(source).toContain(`'${metric}'`);
      const [declared = ''] = metrics;
      const [, labels = ''] = new RegExp(`name: '${declared}'[^}]*?labelNames: \\[([^\\]]*)\\]`).exec(source) ?? [];
      for (const [, label = ''] of expr.matchAll(/(\w+)="/g))
        expect([...labels.matchAll(/\w+/g), 'service'].flat()).toContain(label);
    }
  });
});
