import { Command } from 'commander';
import { declaredChoreography } from '../check/choreography';
import { drawn } from '../draw/draw';
import { staleness, writeReference } from '../draw/reference-files';
import { workspaceRoot } from '../workspace-root';

export const drawCommand = (): Command =>
  new Command('draw')
    .description('draw the flow, its outcomes, the tables, AsyncAPI, JSON Schemas and alert rules into docs/reference')
    .option('--dry-run', 'say what is stale and write nothing; exits with 1 when something is')
    .action(({ dryRun = false }: { readonly dryRun?: boolean }) => {
      const root = workspaceRoot();
      const files = drawn(declaredChoreography);
      const { outdated, superfluous } = dryRun ? staleness(root, files) : writeReference(root, files);
      for (const file of outdated) process.stdout.write(`${dryRun ? 'stale' : 'drew'} ${file}\n`);
      for (const file of superfluous) process.stdout.write(`${dryRun ? 'superfluous' : 'removed'} ${file}\n`);
      const changed = outdated.length + superfluous.length;
      if (changed === 0) process.stdout.write(`${files.size} files are as the choreography is declared\n`);
      process.exitCode = dryRun && changed > 0 ? 1 : 0;
    });
