import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { replayFile, replaySeed } from './hunt/explain';
import { huntMany } from './hunt/hunt-many';
import { playScenario, SCENARIOS, scenarioTable, type PrintAs, type Scenario } from './scenarios';
import { say } from './say';
import { runTeeth } from './teeth';
import { realDraw } from './time/real-time';

type Options = {
  readonly runs?: number;
  readonly seed?: number;
  readonly jobs: number;
  readonly replay?: string;
  readonly scenario?: readonly Scenario[];
  readonly trace?: true;
  readonly drawScenarios?: true;
  readonly teeth?: true;
  readonly bug?: string;
};

const SCENARIOS_PAGE = join('docs', 'reference', 'scenarios.md');
const SEED_MAX = 2 ** 31;
const RUNS_MAX = 100_000_000;
const RUNS = 1_000;
const JOBS_MAX = 64;

const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`a whole number from ${least} to ${most} is needed.`);
    return value;
  };

const scenarios = (text: string): readonly Scenario[] => {
  if (text === 'all') return SCENARIOS;
  return text.split(',').map((number) => {
    const found = SCENARIOS.find((scenario) => String(scenario.number) === number.trim());
    if (found === undefined)
      throw new InvalidArgumentError(
        `there is no scenario ${number}, only all, ${SCENARIOS.map((each) => each.number).join(', ')}.`,
      );
    return found;
  });
};

const existing = (file: string): string => {
  if (!existsSync(file)) throw new InvalidArgumentError(`there is no file ${file}.`);
  return file;
};

const readOptions = (): Options =>
  new Command('npm run simulate --')
    .description(
      'Runs the real code of the flock in one process on virtual time, under faults that a seed decides, and checks the invariants after every step.',
    )
    .option('--runs <n>', `how many seeds to run, from --seed on; ${RUNS} by default`, whole(1, RUNS_MAX))
    .option('--seed <n>', 'the first seed; without --runs, replays this one', whole(0, SEED_MAX))
    .option('--jobs <n>', 'threads', whole(1, JOBS_MAX), availableParallelism())
    .option('--replay <file>', 'plays a run of the corpus and draws it', existing)
    .option('--scenario <numbers>', 'plays named scenarios: 17, or 17,18, or all', scenarios)
    .option('--trace', 'with --scenario: lists what happened instead of drawing it')
    .option('--draw-scenarios', `writes the table of all scenarios into ${SCENARIOS_PAGE}`)
    .option('--teeth', 'plants bugs into the real code, one after another, and shows how each is caught')
    .option('--bug <name>', 'with --teeth: this bug alone')
    .allowExcessArguments(false)
    .parse()
    .opts<Options>();

const playAll = async (wanted: readonly Scenario[], printAs: PrintAs): Promise<number> => {
  let broken = 0;
  for (const scenario of wanted) {
    const { lines, ok } = await playScenario(scenario, printAs);
    for (const line of lines) say(line);
    say('');
    if (!ok) broken += 1;
  }
  if (wanted.length > 1) say(broken === 0 ? pc.green(`all ${wanted.length} hold`) : pc.red(`${broken} do not hold`));
  return broken === 0 ? 0 : 1;
};

const drawScenarios = (): number => {
  writeFileSync(SCENARIOS_PAGE, scenarioTable(SCENARIOS));
  say(SCENARIOS_PAGE);
  return 0;
};

const run = async ({
  runs,
  seed,
  jobs,
  replay,
  scenario,
  trace,
  drawScenarios: draw,
  teeth,
  bug,
}: Options): Promise<number> => {
  const given = (value: number | undefined, name: 'runs' | 'seed'): { readonly [Name in typeof name]?: number } =>
    value === undefined ? {} : { [name]: value };
  if (replay !== undefined) return replayFile(replay);
  if (draw) return drawScenarios();
  if (scenario !== undefined) return playAll(scenario, trace ? 'trace' : 'diagram');
  if (teeth || bug !== undefined)
    return runTeeth({ jobs, ...given(runs, 'runs'), ...given(seed, 'seed'), ...(bug === undefined ? {} : { bug }) });
  if (seed !== undefined && runs === undefined) return replaySeed(seed);
  return huntMany(seed ?? realDraw(SEED_MAX), runs ?? RUNS, jobs);
};

const main = async (): Promise<void> => {
  process.exitCode = await run(readOptions());
};

void main();
