import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { planOf } from '../plan/plan';
import { shrink } from '../run/shrink';
import { simulate, type RunResult } from '../run/simulate';
import { say, tell } from '../say';
import { withTraps } from '../time/traps';
import { corpusEntryOf, corpusFileOf, planOfEntry, type CorpusEntry } from './corpus';
import { drawRun } from './draw-run';

const CORPUS = join('tools', 'simulator', 'corpus');

const sayDecisions = ({ decisions }: RunResult): void => {
  for (const { id, atMs } of decisions) say(`  ${String(atMs).padStart(6)} ms  ${id}`);
};

const sayFindings = ({ findings }: Pick<RunResult, 'findings'>): void => {
  for (const { invariant, finding, subject } of findings) say(pc.red(`  ${invariant}: ${subject}: ${finding}`));
};

/** Shrinks a failing run, draws it, and writes it down for ever. */
export const explain = async (seed: number): Promise<void> => {
  const plan = planOf(seed);
  const { result } = await withTraps(() => simulate(plan));
  if (result.findings.length === 0) return;
  tell(`seed ${seed}: shrinking ${result.decisions.length} decisions`);
  const { result: shrunk } = await withTraps(() => shrink(plan, result));
  const entry = corpusEntryOf(plan, shrunk);
  const file = join(CORPUS, corpusFileOf(entry));
  mkdirSync(CORPUS, { recursive: true });
  writeFileSync(file, `${JSON.stringify(entry, null, 2)}\n`);
  say(pc.bold(`\nseed ${seed}, ${shrunk.decisions.length} of ${result.decisions.length} decisions:`));
  sayDecisions(shrunk.result);
  sayFindings(shrunk.result);
  say(`\n${drawRun(shrunk.result)}`);
  say(`written to ${file}; npm run simulate -- --seed ${seed} plays the whole run again`);
};

const sayRun = (result: RunResult, sprung: readonly string[]): number => {
  sayDecisions(result);
  for (const [orderId, status] of result.statuses) say(`  ${orderId} ${status}`);
  sayFindings(result);
  for (const name of sprung) say(pc.red(`  trap: the code used ${name}`));
  const { seed, statuses, steps, virtualMs, hash } = result;
  say(`seed ${seed}: ${statuses.size} orders, ${steps} steps, ${virtualMs} virtual ms, trace ${hash}`);
  return result.findings.length + sprung.length > 0 ? 1 : 0;
};

/** Runs one seed again, and explains it when it fails. Resolves to an exit code. */
export const replaySeed = async (seed: number): Promise<number> => {
  const { result, sprung } = await withTraps(() => simulate(planOf(seed)));
  const code = sayRun(result, sprung);
  if (result.findings.length > 0) await explain(seed);
  return code;
};

/** Plays a run of the corpus and draws it. Resolves to an exit code. */
export const replayFile = async (file: string): Promise<number> => {
  const entry = JSON.parse(readFileSync(file, 'utf8')) as CorpusEntry;
  const only = new Set(entry.decisions);
  const { result, sprung } = await withTraps(() => simulate(planOfEntry(entry), { only, traced: true }));
  say(`${file}, found once: ${entry.found}`);
  say(drawRun(result));
  return sayRun(result, sprung);
};
