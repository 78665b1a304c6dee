import { Command } from 'commander';
import { readBaseline } from '../baseline/baseline-files';
import { check, rulesFor } from '../check/check';
import { declaredChoreography } from '../check/choreography';
import type { Finding } from '../check/finding';
import { workspaceRoot } from '../workspace-root';

const told = ({ rule, sentence, place, mend }: Finding): string =>
  `${sentence} [${rule}]\n  at   ${place}\n  mend ${mend}\n`;

export const checkCommand = (): Command =>
  new Command('check')
    .description('check the declared choreography; exits with 1 when a rule is violated')
    .addHelpText(
      'after',
      '\nEach finding is one sentence with the rule, the place and what mends it. The rules are listed in tools/contracts/README.md.',
    )
    .action(() => {
      const baseline = readBaseline(workspaceRoot());
      const findings = check(declaredChoreography, baseline);
      const { events, steps, deadlines } = declaredChoreography;
      const size = `${events.length} events, ${steps.length} steps and ${deadlines.length} deadlines by ${Object.keys(rulesFor(baseline)).length} rules`;
      for (const finding of findings) process.stdout.write(`${told(finding)}\n`);
      process.stdout.write(
        `checked ${size}: ${findings.length === 0 ? 'nothing is wrong' : `${findings.length} findings`}\n`,
      );
      process.exitCode = findings.length === 0 ? 0 : 1;
    });
