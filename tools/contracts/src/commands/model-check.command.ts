import { Command, InvalidArgumentError } from 'commander';
import { BOUNDS, MODEL_CHECK, modelCheck, modelCheckTable, type Checked } from '../model-check';

const count = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('a whole number of 0 or more');
  return value;
};

const oneOrTwo = (text: string): 1 | 2 => {
  if (text === '1') return 1;
  if (text === '2') return 2;
  throw new InvalidArgumentError('1 or 2');
};

type Options = {
  readonly orders: 1 | 2;
  readonly duplicates: number;
  readonly giveUps: number;
  readonly maxStates?: number;
  readonly runs?: number;
  readonly seed: number;
};

const told = (checks: readonly Checked[]): string => {
  const found = checks.find((checked) => checked.found)?.found;
  if (found !== undefined) return `${found.flaw}\n\n${found.diagram}`;
  const visited = (isExhaustive: boolean): string =>
    checks
      .reduce((sum, checked) => sum + (checked.isExhaustive === isExhaustive ? checked.states : 0), 0)
      .toLocaleString('en');
  return `${visited(true)} states where each one was visited, ${visited(false)} where not all were: I1 to I4 and I7 hold in them, and each run that was followed ends\n`;
};

export const modelCheckCommand = (): Command =>
  new Command('model-check')
    .description('search all interleavings of the real deciders for one that breaks an invariant or does not end')
    .option('--orders <1|2>', 'one order in every world, or two for one last unit', oneOrTwo, MODEL_CHECK.orders)
    .option('--duplicates <n>', 'repeated deliveries with an effect, per service', count, BOUNDS.redeliveriesMax)
    .option('--give-ups <n>', 'calls that each partner never answers', count, BOUNDS.giveUpsMax)
    .option('--max-states <n>', 'stop a search there', count)
    .option('--runs <n>', 'whole runs drawn by chance, where not every state can be visited', count)
    .option('--seed <n>', 'what the runs are drawn from', count, MODEL_CHECK.seed)
    .addHelpText(
      'after',
      '\nExits with 1 and prints the shortest run found, as a Mermaid sequence diagram, when something is wrong.',
    )
    .action(({ orders, duplicates, giveUps, maxStates, runs, seed }: Options) => {
      const checks = modelCheck({
        ...{ orders, seed, statesMax: maxStates, runs },
        bounds: { redeliveriesMax: duplicates, giveUpsMax: giveUps },
        onProgress: (scenario, states, waiting) =>
          process.stderr.write(
            `${scenario}: ${states.toLocaleString('en')} states, ${waiting.toLocaleString('en')} to go\n`,
          ),
      });
      process.stdout.write(`${modelCheckTable(checks)}\n${told(checks)}`);
      process.exitCode = checks.some(({ found }) => found) ? 1 : 0;
    });
