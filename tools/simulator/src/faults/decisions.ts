import { murmur2 } from '@murmuration/kernel';
import type { Fault } from './faults';

/** One thing that chance decided against the flock, told apart by a name that the same seed gives again. */
export type Decision = { readonly id: string; readonly atMs: number };

/** All chance of a run. Every draw depends on the seed, its site and how often that site has drawn, and on nothing else. */
export type Decisions = {
  /** Uniform in [0, 1). */
  readonly draw: (site: string) => number;
  /** A whole number, at least `from` and below `below`. */
  readonly integer: (site: string, from: number, below: number) => number;
  /** Whether the fault happens here and now, with the probability that the run gives it. Remembered when it does. */
  readonly strikes: (fault: Fault, site: string) => boolean;
  /** Whether something that the run has planned takes place; `fault` counts it among the faults. Remembered when it does. */
  readonly takesPlace: (id: string, fault?: Fault) => boolean;
  /** From now on no fault happens. */
  readonly heal: () => void;
  readonly isHealed: () => boolean;
  /** What was decided, in order. */
  readonly taken: () => readonly Decision[];
  /** How often each fault has struck. */
  readonly struck: () => ReadonlyMap<Fault, number>;
};

export type DecisionsOptions = {
  readonly seed: number;
  readonly probabilities: ReadonlyMap<Fault, number>;
  readonly nowMs: () => number;
  /** Only these may be decided: how a run is shrunk. Everything that chance decides, by default. */
  readonly only?: ReadonlySet<string>;
};

const UINT32 = 2 ** 32;

/** Mixes the bits of a hash once more (the finalizer of splitmix32), so that neighbouring counts draw far apart. */
const mixed = (hash: number): number => {
  let mix = (hash + 0x9e3779b9) | 0;
  mix = Math.imul(mix ^ (mix >>> 16), 0x21f0aaad);
  mix = Math.imul(mix ^ (mix >>> 15), 0x735a2d97);
  return (mix ^ (mix >>> 15)) >>> 0;
};

/** Where chance decides: what its draws depend on, and how many there were. */
type Site = { readonly hash: number; count: number };

export const decisionsOf = ({ seed, probabilities, nowMs, only }: DecisionsOptions): Decisions => {
  const sites = new Map<string, Site>();
  /** Of the faults that may happen, by where; most draws are about one of these. */
  const faultSites = new Map([...probabilities.keys()].map((fault) => [fault, new Map<string, Site>()]));
  const taken: Decision[] = [];
  const struck = new Map<Fault, number>();
  let healed = false;

  const siteIn = (known: Map<string, Site>, key: string, nameOf: (key: string) => string): Site => {
    const found = known.get(key) ?? { hash: mixed(murmur2(`${seed}/${nameOf(key)}`)), count: 0 };
    if (found.count === 0) known.set(key, found);
    return found;
  };
  const drawAt = (site: Site): number => {
    site.count += 1;
    return mixed(site.hash ^ Math.imul(site.count, 0x85ebca6b)) / UINT32;
  };
  const draw = (site: string): number => drawAt(siteIn(sites, site, String));
  const take = (id: string): boolean => {
    if (only !== undefined && !only.has(id)) return false;
    taken.push({ id, atMs: nowMs() });
    return true;
  };

  const count = (fault: Fault): void => void struck.set(fault, (struck.get(fault) ?? 0) + 1);

  return {
    draw,
    integer: (site, from, below) => from + Math.floor(draw(site) * (below - from)),
    strikes: (fault, where) => {
      const known = faultSites.get(fault);
      const probability = probabilities.get(fault) ?? 0;
      if (known === undefined || healed) return false;
      const site = siteIn(known, where, (key) => `${fault} at ${key}`);
      if (drawAt(site) >= probability || !take(`${fault} at ${where} #${site.count}`)) return false;
      count(fault);
      return true;
    },
    takesPlace: (id, fault) => {
      if (!take(id)) return false;
      if (fault !== undefined) count(fault);
      return true;
    },
    heal: () => {
      healed = true;
    },
    isHealed: () => healed,
    taken: () => taken,
    struck: () => struck,
  };
};
