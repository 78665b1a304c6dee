import { Command } from 'commander';
import { updateOf } from '../baseline/baseline';
import { readBaseline, writeBaseline } from '../baseline/baseline-files';
import { declaredChoreography } from '../check/choreography';
import { workspaceRoot } from '../workspace-root';

export const baselineCommand = (): Command =>
  new Command('baseline')
    .description('record new event versions and compatible growth in libs/contracts/baseline and golden')
    .addHelpText(
      'after',
      '\nA golden example that is there is never written again, and a schema only when it grew by optional fields.\nExits with 1 when a version changed in another way.',
    )
    .action(() => {
      const root = workspaceRoot();
      const update = updateOf(declaredChoreography.events, readBaseline(root));
      for (const file of writeBaseline(root, update)) process.stdout.write(`wrote ${file}\n`);
      for (const name of update.refused)
        process.stderr.write(`refused: ${name} changed incompatibly; \`npm run contracts -- check\` says how\n`);
      process.exitCode = update.refused.length === 0 ? 0 : 1;
    });
