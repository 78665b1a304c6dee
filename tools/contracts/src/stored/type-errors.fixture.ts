import { join } from 'node:path';
import type { HearingService } from '@murmuration/contracts';
import type { Message } from '@murmuration/kernel';
import ts from 'typescript';

type Stored = { readonly service: HearingService; readonly events: readonly Message[] };

const EVENT_TYPES: Record<HearingService, string> = {
  orders: 'OrdersEvent',
  inventory: 'InventoryEvent',
  payments: 'PaymentEvent',
  shipping: 'ShipmentEvent',
};

const sourceOf = (stored: readonly Stored[]): string =>
  [
    ...Object.entries(EVENT_TYPES).map(
      ([service, type]) => `import type { ${type} } from '@murmuration/domain-${service}';`,
    ),
    // An instant is a string to JSON.
    'type Plain<T> = T extends string & { readonly __brand: string } ? string : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;',
    'type Golden<T> = T extends unknown ? Plain<T> : never;',
    ...stored.flatMap(({ service, events }, group) =>
      events.map(
        (event, index) =>
          `export const golden${group}_${index}: Golden<${EVENT_TYPES[service]}> = ${JSON.stringify(event)};`,
      ),
    ),
  ].join('\n');

/**
 * What the type checker says of each group of stored events, written as literals of the event types of today: a field too
 * many, too few, or of another type. All groups are checked at once, since most of the time goes into reading the types.
 */
export const typeErrorsOf = (root: string, groups: readonly (readonly Stored[])[]): readonly (readonly string[])[] => {
  const config = ts.parseConfigFileTextToJson('', ts.sys.readFile(join(root, 'tsconfig.base.json')) ?? '').config as {
    readonly compilerOptions: object;
  };
  const asked = { ...config.compilerOptions, noEmit: true, skipLibCheck: true, types: [] };
  const { options } = ts.convertCompilerOptionsFromJson(asked, root);
  const folder = join(root, 'tools/contracts/src/stored');
  const sources = new Map(groups.map((stored, index) => [join(folder, `golden-${index}.ts`), sourceOf(stored)]));
  const host = ts.createCompilerHost(options, true);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) => {
    const source = sources.get(name);
    return source === undefined
      ? getSourceFile(name, ...rest)
      : ts.createSourceFile(name, source, ts.ScriptTarget.ES2022, true);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources.keys()].map((file) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  );
};
