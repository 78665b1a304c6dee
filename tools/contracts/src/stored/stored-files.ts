import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HearingService } from '@murmuration/contracts';
import { assert } from '@murmuration/kernel';
import type { StoredGolden } from './stored-golden';

const FOLDER = 'tools/contracts/golden/stored';
const FILE = /^(?<type>\w+)\.v(?<version>\d+)\.json$/;

const pathOf = ({ service, type, version }: StoredGolden): string => join(FOLDER, service, `${type}.v${version}.json`);

const readService = (root: string, service: string): readonly StoredGolden[] => {
  const folder = join(root, FOLDER, service);
  return readdirSync(folder).map((file) => {
    const { type, version } = FILE.exec(file)?.groups ?? {};
    assert(type !== undefined && version !== undefined, `${file} is named <Type>.v<version>.json`);
    const examples = JSON.parse(readFileSync(join(folder, file), 'utf8')) as StoredGolden['examples']; // because `writeStored` writes there
    return { service: service as HearingService, type, version: Number(version), examples }; // because folders are named after services
  });
};

export const readStored = (root: string): readonly StoredGolden[] => {
  if (!existsSync(join(root, FOLDER))) return [];
  return readdirSync(join(root, FOLDER))
    .sort()
    .flatMap((service) => readService(root, service));
};

/** Writes examples that are not there yet; fails rather than write one again. Returns the files written, below the root. */
export const writeStored = (root: string, missing: readonly StoredGolden[]): readonly string[] =>
  missing.map((golden) => {
    const file = pathOf(golden);
    mkdirSync(join(root, FOLDER, golden.service), { recursive: true });
    writeFileSync(join(root, file), `${JSON.stringify(golden.examples, null, 2)}\n`, { flag: 'wx' });
    return file;
  });
