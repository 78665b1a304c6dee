// Who may import whom, written down a second time, from the table in CONTRIBUTING.md, and tried pair by pair.

const BOUNDARIES = '@nx/enforce-module-boundaries';

/** One room of each type to plant in, and one to import; those of one service, so that no scope is in the way. */
const ROOMS = {
  kernel: { source: 'libs/kernel', name: '@murmuration/kernel' },
  contract: { source: 'libs/contracts', name: '@murmuration/contracts' },
  domain: { source: 'libs/domain/orders', name: '@murmuration/domain-orders' },
  infra: { source: 'libs/kafka-broker', name: '@murmuration/embedded-postgres' },
  platform: { source: 'libs/platform', name: '@murmuration/platform' },
  testing: { source: 'libs/testing', name: '@murmuration/testing' },
  app: { source: 'apps/orders' },
  tool: { source: 'tools/chaos', name: '@murmuration/tool-stack' },
};

const MAY_IMPORT = {
  kernel: [],
  contract: ['kernel'],
  domain: ['domain', 'contract', 'kernel'],
  infra: ['kernel'],
  platform: ['infra', 'contract', 'kernel'],
  testing: ['kernel'],
  app: ['platform', 'domain', 'contract', 'infra', 'kernel'],
  tool: ['tool', 'testing', 'domain', 'contract', 'infra', 'kernel'],
};

const refused = (says) => ({ rule: BOUNDARIES, says });

const imports = (source, name, expected, { file = '.ts', title } = {}) => ({
  title: title ?? `${source} ${expected === undefined ? 'may' : 'may not'} import ${name}`,
  file: `${source}/src/*${file}`,
  code: `import '${name}';\n`,
  expected,
});

const typeProbes = Object.entries(MAY_IMPORT).flatMap(([type, allowed]) =>
  Object.entries(ROOMS)
    .filter(([target, { name }]) => name !== undefined && name !== selfName(type, target))
    .map(([target, { name }]) =>
      imports(ROOMS[type].source, name, allowed.includes(target) ? undefined : refused(`tagged with "type:${type}"`), {
        title: `type:${type} ${allowed.includes(target) ? 'may' : 'may not'} import type:${target}`,
      }),
    ),
);

/** A room does not import itself by name, so that pair is tried only where another room of the type is there. */
function selfName(type, target) {
  return type === target && !['infra', 'tool'].includes(type) ? ROOMS[target].name : undefined;
}

const SERVICES = ['orders', 'inventory', 'payments', 'shipping', 'projections'];

const scopeProbes = [
  ...SERVICES.flatMap((service, index) => {
    const other = SERVICES[(index + 1) % SERVICES.length];
    return [
      imports(`apps/${service}`, `@murmuration/domain-${service}`),
      imports(`apps/${service}`, `@murmuration/domain-${other}`, refused(`tagged with "scope:${service}"`)),
      imports(`libs/domain/${service}`, `@murmuration/domain-${other}`, refused(`tagged with "scope:${service}"`)),
    ];
  }),
  imports('libs/made-up/shared-app', '@murmuration/domain-orders', refused('tagged with "scope:shared"')),
  imports('tools/chaos', '@murmuration/elsewhere', refused('tagged with "scope:tools"')),
  ...SERVICES.map((service) => imports('tools/chaos', `@murmuration/domain-${service}`)),
];

const flowProbes = [
  imports('libs/messaging', '@murmuration/event-store'),
  imports('libs/effects', '@murmuration/event-store'),
  imports('libs/kafka-broker', '@murmuration/event-store', refused('tagged with "type:infra"')),
  imports('libs/event-store', '@murmuration/messaging', refused('tagged with "type:infra"')),
  imports('libs/event-store', '@murmuration/effects', refused('tagged with "type:infra"')),
];

const TESTED = [
  'libs/kernel',
  'libs/contracts',
  'libs/domain/orders',
  'libs/messaging',
  'libs/platform',
  'apps/orders',
];
const SERVERS = ['@murmuration/embedded-postgres', '@murmuration/kafka-broker'];

const testProbes = [
  ...TESTED.flatMap((source) =>
    ['.spec.ts', '.contract.ts', '.fixture.ts', '.int.spec.ts'].map((file) =>
      imports(source, '@murmuration/testing', undefined, { file, title: `${source}/*${file} may import testing` }),
    ),
  ),
  ...SERVERS.flatMap((server) => [
    imports('libs/effects', server, undefined, { file: '.int.spec.ts', title: `*.int.spec.ts may start ${server}` }),
    imports('libs/event-store', server, undefined, {
      file: '.int.spec.ts',
      title: `libs/*.int.spec.ts may start ${server}`,
    }),
    imports('libs/effects', server, undefined, { file: '.fixture.ts', title: `*.fixture.ts may start ${server}` }),
    imports('libs/event-store', server, refused('tagged with "type:infra"'), {
      file: '.spec.ts',
      title: `*.spec.ts may not start ${server}`,
    }),
    imports('libs/event-store', server, refused('tagged with "type:infra"'), {
      file: '.contract.ts',
      title: `*.contract.ts may not start ${server}`,
    }),
  ]),
];

const packageProbes = [
  imports('libs/kernel', 'zod', refused('"type:kernel" is not allowed to import "zod"')),
  imports('libs/contracts', 'zod'),
  imports('libs/contracts', 'rxjs', refused('"type:contract" is not allowed to import "rxjs"')),
  imports('libs/domain/payments', 'zod', refused('"type:domain" is not allowed to import "zod"')),
  imports('libs/event-store', 'pg'),
  imports('libs/event-store', '@nestjs/common', refused('"type:infra" is not allowed to import "@nestjs/common"')),
  imports('libs/platform', '@nestjs/common'),
  imports('libs/testing', 'fast-check'),
  imports('libs/testing', 'pg', refused('"type:testing" is not allowed to import "pg"')),
  imports('apps/shipping', '@nestjs/common'),
  imports('tools/bench', 'pg'),
  imports('tools/bench', '@nestjs/common', refused('"type:tool" is not allowed to import "@nestjs/common"')),
  imports('libs/domain/payments', 'fast-check', undefined, { file: '.spec.ts' }),
];

const pathProbes = [
  imports('libs/messaging', '../../kernel/src/index', refused('must begin with a npm scope, here @murmuration/<name>')),
  imports('apps/orders', '../../payments/src/index', refused('must begin with a npm scope')),
  imports('libs/made-up/ring-left', '@murmuration/ring-right', refused('Circular dependency between')),
  imports('libs/kernel', '@murmuration/kernel', refused('Projects should use relative imports')),
];

export const IMPORT_PROBES = [
  ...typeProbes,
  ...scopeProbes,
  ...flowProbes,
  ...testProbes,
  ...packageProbes,
  ...pathProbes,
];
