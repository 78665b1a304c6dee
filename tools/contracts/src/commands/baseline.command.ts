import { Command } from 'commander';
import { updateOf } from '../baseline/baseline';
import { readBaseline, writeBaseline } from '../baseline/baseline-files';
import { declaredChoreography } from '../check/choreography';
import { CAST } from '../play/cast';
import { storedSamples } from '../stored/samples';
import { readStored, writeStored } from '../stored/stored-files';
import { storedUpdateOf } from '../stored/stored-golden';
import { workspaceRoot } from '../workspace-root';

export const baselineCommand = (): Command =>
  new Command('baseline')
    .description('record new event versions, compatible growth, and golden examples of what is said and stored')
    .addHelpText(
      'after',
      '\nA golden example that is there is never written again, and a schema only when it grew by optional fields.\nExits with 1 when a version changed in another way, or when no example of a stored event is known.',
    )
    .action(() => {
      const root = workspaceRoot();
      const update = updateOf(declaredChoreography.events, readBaseline(root));
      for (const file of writeBaseline(root, update)) process.stdout.write(`wrote ${file}\n`);
      for (const name of update.refused)
        process.stderr.write(`refused: ${name} changed incompatibly; \`npm run contracts -- check\` says how\n`);
      const shapes = new Map(CAST.map(({ service, shapes: types }) => [service, types]));
      const { missing, unknown } = storedUpdateOf(shapes, storedSamples(), readStored(root));
      for (const file of writeStored(root, missing)) process.stdout.write(`wrote ${file}\n`);
      for (const name of unknown)
        process.stderr.write(
          `missing: nothing in a play stores ${name}; write tools/contracts/golden/stored/${name}.json by hand\n`,
        );
      process.exitCode = update.refused.length + unknown.length === 0 ? 0 : 1;
    });
