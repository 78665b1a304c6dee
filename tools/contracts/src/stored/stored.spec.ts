import { contractOf } from '@murmuration/contracts';
import { jsonCodec } from '@murmuration/event-store';
import type { Message } from '@murmuration/kernel';
import { CAST } from '../play/cast';
import { workspaceRoot } from '../workspace-root';
import { storedSamples } from './samples';
import { readStored } from './stored-files';
import { storedUpdateOf, type StoredGolden } from './stored-golden';
import { typeErrorsOf } from './type-errors.fixture';

const root = workspaceRoot(__dirname);
const golden = readStored(root);
const shapes = new Map(CAST.map(({ service, shapes: types }) => [service, types]));

/** Every golden example as the service of today reads it. */
const readToday = CAST.map(({ service, shapes: types, announce }) => {
  const codec = jsonCodec<Message>(types);
  const decode = ({ type, version, examples }: StoredGolden): readonly Message[] =>
    examples.map((data) => codec.decode({ type, schemaVersion: version, data: JSON.stringify(data) }));
  return { service, announce, events: golden.filter((one) => one.service === service).flatMap(decode) };
});

it('has a golden example of each version that is stored today: if this fails, run `npm run contracts -- baseline` and commit what it writes', () => {
  const { missing, unknown } = storedUpdateOf(shapes, storedSamples(), golden);
  expect({ missing: missing.map(({ service, type, version }) => `${service}/${type}.v${version}`), unknown }).toEqual({
    missing: [],
    unknown: [],
  });
});

it('has golden examples of nothing that the services cannot read any more', () => {
  const lost = golden.filter(({ service, type, version }) => (shapes.get(service)?.[type]?.version ?? 0) < version);
  expect(lost.map(({ service, type, version }) => `${service}/${type}.v${version}`)).toEqual([]);
});

describe.each(readToday)('what $service has stored', ({ announce, events }) => {
  it('is announced today by the contract of today', () => {
    const refused = events.flatMap((event) => {
      const said = announce(event);
      const parsed = said && contractOf(said.name)?.schema.safeParse(said.data);
      return parsed === undefined || parsed.success ? [] : [`${event.type}: ${parsed.error.message}`];
    });
    expect(refused).toEqual([]);
  });
});

describe('what was ever stored', () => {
  const planted = readToday.flatMap(({ service, events: [first] }) =>
    first === undefined
      ? []
      : [
          { service, events: [{ ...first, type: 'NeverHappened' }] },
          { service, events: [{ ...first, addedWithoutVersion: 1 } as unknown as Message] },
        ],
  );
  const [golden = [], wrong = []] = typeErrorsOf(root, [readToday, planted]);

  it('has, once lifted, the type that the code of today believes it to have: else its version must be raised', () => {
    expect(golden).toEqual([]);
  });

  it('would be noticed to have another type', () => {
    expect(wrong).toHaveLength(planted.length);
  });
});
