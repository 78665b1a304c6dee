import { Command } from 'commander';
import { baselineCommand } from './commands/baseline.command';
import { checkCommand } from './commands/check.command';
import { drawCommand } from './commands/draw.command';
import { modelCheckCommand } from './commands/model-check.command';

const program = new Command('npm run contracts --')
  .description('The declared choreography: checked, drawn and kept compatible.')
  .addCommand(checkCommand())
  .addCommand(drawCommand())
  .addCommand(modelCheckCommand())
  .addCommand(baselineCommand())
  .showHelpAfterError('(npm run contracts -- --help lists the commands)');

// Whoever reads the output may stop early, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** Node and the script alone. */
const ARGS_WITHOUT_COMMAND = 2;

if (process.argv.length === ARGS_WITHOUT_COMMAND) program.outputHelp();
else
  program.parseAsync(process.argv).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
