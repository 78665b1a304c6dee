import type { HearingService } from '@murmuration/contracts';
import type { Message, StoredShapes } from '@murmuration/kernel';
import type { StoredSamples } from './samples';

/** Examples of one version of one stored event: their data, as they were written. */
export type StoredGolden = {
  readonly service: HearingService;
  readonly type: string;
  readonly version: number;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
};

export type StoredUpdate = {
  /** Examples of versions that have none; what is there is never written again. */
  readonly missing: readonly StoredGolden[];
  /** Versions of which no play has an example: somebody must write one. */
  readonly unknown: readonly string[];
};

const nameOf = ({ service, type, version }: Pick<StoredGolden, 'service' | 'type' | 'version'>): string =>
  `${service}/${type}.v${version}`;

/** What is missing among the golden examples of all that is stored today. */
export const storedUpdateOf = (
  shapes: ReadonlyMap<HearingService, StoredShapes<Message>>,
  samples: StoredSamples,
  golden: readonly StoredGolden[],
): StoredUpdate => {
  const known = new Set(golden.map(nameOf));
  const wanted = [...shapes].flatMap(([service, types]) =>
    Object.entries(types).map(([type, { version }]) => {
      const events = samples.get(service)?.get(type) ?? [];
      return { service, type, version, examples: events.map(({ type: _, ...data }) => data) };
    }),
  );
  const missing = wanted.filter((one) => !known.has(nameOf(one)));
  return {
    missing: missing.filter(({ examples }) => examples.length > 0),
    unknown: missing.filter(({ examples }) => examples.length === 0).map(nameOf),
  };
};
