import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonSchema } from '../schema/json-schema';
import type { Baseline, BaselineUpdate } from './baseline';

const SCHEMA_SUFFIX = '.schema.json';
const GOLDEN_SUFFIX = '.json';

/** The folders of the published language's baseline, below the root of the repository. */
const BASELINE = 'libs/contracts/baseline';
const GOLDEN = 'libs/contracts/golden';

const readFolder = <Content>(folder: string, suffix: string): ReadonlyMap<string, Content> => {
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder).filter((file) => file.endsWith(suffix));
  return new Map(
    files.sort().map((file) => [
      file.slice(0, -suffix.length),
      JSON.parse(readFileSync(join(folder, file), 'utf8')) as Content, // because only `writeBaseline` writes there
    ]),
  );
};

export const readBaseline = (root: string): Baseline => ({
  schemas: readFolder<JsonSchema>(join(root, BASELINE), SCHEMA_SUFFIX),
  golden: readFolder<unknown>(join(root, GOLDEN), GOLDEN_SUFFIX),
});

/** Writes what is missing; an existing example is never written again. Returns the files written, below the root. */
export const writeBaseline = (root: string, { schemas, golden }: BaselineUpdate): readonly string[] => {
  const files = [
    ...[...schemas].map(([name, content]) => ({ file: join(BASELINE, name + SCHEMA_SUFFIX), content, flag: 'w' })),
    ...[...golden].map(([name, content]) => ({ file: join(GOLDEN, name + GOLDEN_SUFFIX), content, flag: 'wx' })),
  ];
  for (const folder of [BASELINE, GOLDEN]) mkdirSync(join(root, folder), { recursive: true });
  for (const { file, content, flag } of files)
    writeFileSync(join(root, file), `${JSON.stringify(content, null, 2)}\n`, { flag });
  return files.map(({ file }) => file);
};
