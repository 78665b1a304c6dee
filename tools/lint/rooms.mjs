// Rules of single rooms: what must not be written there, and what to write instead.
import { basename } from 'node:path';

/** A rule that reports every node which one of the selectors matches. */
const never = (selectors, message) => ({
  meta: { type: 'problem', schema: [], messages: { never: message } },
  create: (context) =>
    Object.fromEntries(
      [selectors].flat().map((selector) => [selector, (node) => context.report({ node, messageId: 'never' })]),
    ),
});

/** Selects every way to bring in a module whose name the pattern matches. */
const importing = (pattern) => [
  `ImportDeclaration[source.value=${pattern}]`,
  `ExportNamedDeclaration[source.value=${pattern}]`,
  `ExportAllDeclaration[source.value=${pattern}]`,
  `ImportExpression[source.value=${pattern}]`,
  `CallExpression[callee.name='require'][arguments.0.value=${pattern}]`,
];

const BUILTIN =
  '/^(node:|(assert|async_hooks|buffer|child_process|cluster|crypto|dgram|dns|events|fs|http|http2|https|module|net|os|path|perf_hooks|process|readline|stream|timers|tls|tty|url|util|v8|vm|worker_threads|zlib)(\\u002F|$))/';

const TIMERS = '/^(setTimeout|setInterval|setImmediate|queueMicrotask)$/';
/** Where an identifier names a member or an import, and not what is global. */
const NAMING =
  ':matches(MemberExpression, Property, PropertyDefinition, MethodDefinition, ImportSpecifier, TSPropertySignature, TSMethodSignature)';
const CHANCES = '/^(random(UUID|Bytes|Int|Fill|FillSync)|getRandomValues|pseudoRandomBytes)$/';
const CRYPTO = '/^(node:)?crypto$/';

/** Selects members of a global taken out of it: `const { now } = Date`. */
const takingOut = (home, members) =>
  `VariableDeclarator[init.name=${home}] > ObjectPattern > Property[key.name=${members}]`;

const BANNED_NAMES = /(^|[-.])(utils?|helpers?|common|base|managers?|impl|misc)([-.]|$)/;
const KEBAB_NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*\.[cm]?tsx?$/;

const fileName = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      vague: '"{{name}}" says nothing: name the file after what it holds, as kebab-case.role.ts.',
      shape: '"{{name}}" is not kebab-case.role.ts.',
    },
  },
  create: (context) => ({
    Program: (node) => {
      const name = basename(context.filename);
      const messageId = BANNED_NAMES.test(name) ? 'vague' : KEBAB_NAME.test(name) ? undefined : 'shape';
      if (messageId !== undefined) context.report({ node, loc: { line: 1, column: 0 }, messageId, data: { name } });
    },
  }),
};

export const roomsPlugin = {
  rules: {
    'no-node': never(
      importing(BUILTIN),
      'A pure room knows nothing of Node: take what you need as an argument, or compute it where the command is made.',
    ),
    'no-clock': never(
      [
        "MemberExpression[object.name='Date'][property.name='now']",
        "NewExpression[callee.name='Date'][arguments.length=0]",
        "CallExpression[callee.name='Date']",
        'MemberExpression[object.name=/^(performance|process)$/][property.name=/^(now|timeOrigin|hrtime|uptime)$/]',
        takingOut('/^(Date|performance|process)$/', '/^(now|timeOrigin|hrtime|uptime)$/'),
        ...importing('/^(node:)?perf_hooks$/'),
      ],
      'No clock here: time arrives as an Instant in the command, or as a clock that is passed in.',
    ),
    'no-chance': never(
      [
        "MemberExpression[object.name='Math'][property.name='random']",
        'MemberExpression[object.name=/^(crypto|webcrypto)$/]',
        "MemberExpression[object.name='globalThis'][property.name='crypto']",
        takingOut("'Math'", "'random'"),
        takingOut('/^(crypto|webcrypto)$/', CHANCES),
        `ImportDeclaration[source.value=${CRYPTO}] > ImportSpecifier[imported.name=${CHANCES}]`,
        `ImportDeclaration[source.value=${CRYPTO}] > :matches(ImportNamespaceSpecifier, ImportDefaultSpecifier)`,
        `ExportNamedDeclaration[source.value=${CRYPTO}] > ExportSpecifier[local.name=${CHANCES}]`,
      ],
      'No chance here: ids and draws arrive in the command, or as a source that is passed in.',
    ),
    'no-timers': never(
      [
        `:not(${NAMING}) > Identifier[name=${TIMERS}]`,
        `Property > Identifier.value[name=${TIMERS}]`,
        `MemberExpression[object.name=/^(globalThis|global)$/][property.name=${TIMERS}]`,
        "MemberExpression[object.name='AbortSignal'][property.name='timeout']",
        ...importing('/^(node:)?timers(\\u002Fpromises)?$/'),
      ],
      'No timers here: say when something is due, and let whoever runs this code wake it.',
    ),
    'no-async': never(
      [
        'FunctionDeclaration[async=true]',
        'FunctionExpression[async=true]',
        'ArrowFunctionExpression[async=true]',
        'AwaitExpression',
        "NewExpression[callee.name='Promise']",
        "MemberExpression[object.name='Promise']",
      ],
      'A pure room waits for nothing: take the value as an argument and return what should happen next.',
    ),
    'no-class': never(
      ['ClassDeclaration', 'ClassExpression'],
      'No classes here: a type for the state and functions for the rules.',
    ),
    'no-throw': never(
      'ThrowStatement',
      'No throw here: return reject({ type }) for a refusal, and assert() from the kernel for a bug.',
    ),
    'no-io': never(
      [
        "CallExpression[callee.name='fetch']",
        "MemberExpression[object.name='console']",
        "MemberExpression[object.name='process']",
      ],
      'A pure room touches nothing outside: return a value, and let the shell act on it.',
    ),
    'no-mocks': never(
      "CallExpression[callee.object.name='jest'][callee.property.name=/^(mock|doMock|fn|spyOn|useFakeTimers)$/]",
      'No mocks in a pure room: pass plain values with fixed ids and times.',
    ),
    'drivers-stay-outside': never(
      importing('/^(kafkajs|pg|typeorm)(\\u002F|$)/'),
      'The core decides and never talks: take a port, and let the adapter beside the core bring the client.',
    ),
    'kafka-client-home': never(
      importing('/^kafkajs(\\u002F|$)/'),
      'kafkajs lives in libs/messaging: use its relay and consumer.',
    ),
    'env-home': never(
      [
        // A spread hands the whole environment on to a child process and reads nothing of it.
        ":not(SpreadElement) > MemberExpression[object.name='process'][property.name='env']",
        "ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name='env']",
      ],
      'The environment is read once, in src/config.ts of the app: pass the parsed configuration in.',
    ),
    'no-swallowed-error': never(
      'CatchClause > BlockStatement[body.length=0]',
      'An error is handled, returned or rethrown, never swallowed; when nothing is to do, return the value that says so.',
    ),
    'no-enum': never('TSEnumDeclaration', "No enums: a union of string literals, 'a' | 'b'."),
    'named-exports': never('ExportDefaultDeclaration', 'Named exports only, so that a thing has one name everywhere.'),
    'no-skipped-test': never(
      [
        'CallExpression > MemberExpression.callee[object.name=/^(it|test|describe)$/][property.name=/^(skip|only|todo)$/]',
        'CallExpression[callee.name=/^(xit|xtest|xdescribe|fit|fdescribe)$/]',
      ],
      'Every test runs, always: a test fails when what it needs is missing.',
    ),
    'tests-stay-in-tests': never(
      importing('/\\.(spec|contract|fixture)$/'),
      'What only tests need stays out of what runs: import it from a test, or from the index.ts that offers it to tests.',
    ),
    'file-name': fileName,
  },
};
