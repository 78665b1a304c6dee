// Who may import whom: every project obeys the row of its type and the row of its scope.
process.env.NX_DAEMON ??= 'false';
const { createProjectGraphAsync } = await import('@nx/devkit');
const { default: nx } = await import('@nx/eslint-plugin');

const NEST = '@nestjs/*';

const TYPE_ROWS = [
  { sourceTag: 'type:kernel', onlyDependOnLibsWithTags: [], allowedExternalImports: [] },
  { sourceTag: 'type:contract', onlyDependOnLibsWithTags: ['type:kernel'], allowedExternalImports: ['zod', 'zod/*'] },
  // The scope rows keep domains of different services apart; within one service a domain may build on another.
  {
    sourceTag: 'type:domain',
    onlyDependOnLibsWithTags: ['type:domain', 'type:contract', 'type:kernel'],
    allowedExternalImports: [],
  },
  { sourceTag: 'type:infra', onlyDependOnLibsWithTags: ['type:kernel'], bannedExternalImports: [NEST] },
  { sourceTag: 'type:platform', onlyDependOnLibsWithTags: ['type:infra', 'type:contract', 'type:kernel'] },
  {
    sourceTag: 'type:testing',
    onlyDependOnLibsWithTags: ['type:kernel'],
    allowedExternalImports: ['fast-check', 'jest', '@jest/*', 'expect'],
  },
  {
    sourceTag: 'type:app',
    onlyDependOnLibsWithTags: ['type:platform', 'type:domain', 'type:contract', 'type:infra', 'type:kernel'],
  },
  {
    // Tools build on tools: chaos and bench start the stack.
    sourceTag: 'type:tool',
    onlyDependOnLibsWithTags: [
      'type:tool',
      'type:testing',
      'type:domain',
      'type:contract',
      'type:infra',
      'type:kernel',
    ],
    bannedExternalImports: [NEST],
  },
];

export const SERVICES = ['orders', 'inventory', 'payments', 'shipping', 'projections'];

const SCOPE_ROWS = [
  { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared'] },
  ...SERVICES.map((service) => ({
    sourceTag: `scope:${service}`,
    onlyDependOnLibsWithTags: [`scope:${service}`, 'scope:shared'],
  })),
  {
    sourceTag: 'scope:tools',
    onlyDependOnLibsWithTags: ['scope:tools', 'scope:shared', ...SERVICES.map((service) => `scope:${service}`)],
  },
];

export const BOUNDARY_ROWS = [...TYPE_ROWS, ...SCOPE_ROWS];

/** What to do instead, said with nx's own finding. */
const ADVICE = {
  onlyTagsConstraintViolation:
    '. Pass it in as a value or a function, or move what both need to a room that both may import (CONTRIBUTING.md has the table).',
  emptyOnlyTagsConstraintViolation: '. The kernel stands alone: move the code up to the room that needs both.',
  bannedExternalImportsViolation:
    '. Put the package behind a port and use it in the room that may (CONTRIBUTING.md has the table).',
  noRelativeOrAbsoluteImportsAcrossLibraries: ', here @murmuration/<name>, which is what its index.ts exports.',
  noImportsOfApps: '. Services talk through events; what two of them share belongs in a library.',
  noCircularDependencies: '\nTurn one of the two directions around with a port.',
};

const rule = nx.rules['enforce-module-boundaries'];

/** nx's plugin, with the advice added to its messages. */
export const boundariesPlugin = {
  ...nx,
  rules: {
    ...nx.rules,
    'enforce-module-boundaries': {
      ...rule,
      meta: {
        ...rule.meta,
        messages: Object.fromEntries(
          Object.entries(rule.meta.messages).map(([id, message]) => [id, `${message}${ADVICE[id] ?? ''}`]),
        ),
      },
    },
  },
};

/** `allow` names imports that the files concerned may do beyond their rows. */
export const boundaries = (allow = []) => [
  'error',
  {
    allow,
    depConstraints: BOUNDARY_ROWS,
    // The kernel's specs may use `testing`, which itself stands on the kernel.
    ignoredCircularDependencies: [['kernel', 'testing']],
  },
];

/** Without a graph of the projects nx's rule passes everything in silence, and an old one misses new cycles. */
export const readProjectGraph = () => createProjectGraphAsync({ exitOnError: false });
