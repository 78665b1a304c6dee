import { OTHER_TESTS, WAITING, type OtherTest } from './other-tests';
import type { ListedScenario } from './scenario';

const HEAD = `# Scenarios

What must survive, each as a named simulation of the whole flock: real code on virtual time, with simulated clocks, databases, log,
payment provider and carrier. \`npm run simulate -- --scenario 17\` plays one and draws what happened, \`--scenario all\` plays all
of them, and so does \`npm test\`. The last column names tests that prove the same in another way: a promise of a port, kept by each
of its implementations, or real processes on real servers.

| | scenario | simulated in | proven also by |
|---:|---|---|---|
`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

const link = (file: string): string => `[${file.split('/').at(-1) ?? file}](../../${file})`;

const testOf = ({ file, title }: OtherTest): string =>
  title === undefined ? link(file) : `${link(file)}: ${cell(title)}`;

const row = (number: number, title: string, simulated: string): string =>
  `| ${number} | ${cell(title)} | ${simulated} | ${(OTHER_TESTS.get(number) ?? []).map(testOf).join('<br>')} |`;

/** The page of all scenarios; ends with a newline. */
export const scenarioTable = (scenarios: readonly ListedScenario[]): string => {
  const rows = [
    ...scenarios.map(({ number, title, file }) => ({
      number,
      text: row(number, title, link(`tools/simulator/src/scenarios/${file}.ts`)),
    })),
    ...[...WAITING].map(([number, { title, why }]) => ({ number, text: row(number, title, why) })),
  ];
  return `${HEAD}${rows
    .sort((left, right) => left.number - right.number)
    .map(({ text }) => text)
    .join('\n')}\n`;
};
