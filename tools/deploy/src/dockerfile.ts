import { DeployError } from './deploy-error';

export type Instruction = { readonly name: string; readonly rest: string };

export type Stage = {
  /** What it is built on: an image, or the name of an earlier stage. */
  readonly from: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
};

/** The instructions of a Dockerfile, each on one line, without comments. */
export const instructionsOf = (text: string): readonly Instruction[] =>
  text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name, rest] = /^\s*([A-Za-z]+)\s+(.*)$/.exec(line) ?? [];
      if (name === undefined || rest === undefined) throw new DeployError('malformed', `no instruction: ${line}`);
      return { name: name.toUpperCase(), rest: rest.trim() };
    });

/** The stages of a Dockerfile in their order; the last one is the image. */
export const stagesOf = (instructions: readonly Instruction[]): readonly Stage[] => {
  const stages: { from: string; name: string | undefined; instructions: Instruction[] }[] = [];
  for (const instruction of instructions) {
    if (instruction.name === 'FROM') {
      const [from = '', , name] = instruction.rest.split(/\s+/);
      stages.push({ from, name, instructions: [] });
    } else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
};

/** Whether a path reaches the builder under a .dockerignore file: the last line that matches it, or a folder above it, decides. */
export const reachesBuilder = (path: string, dockerignore: string): boolean => {
  let reaches = true;
  for (const line of dockerignore.split('\n').map((text) => text.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const [, exception, pattern = ''] = /^(!?)(.*)$/.exec(line) ?? [];
    if (patternFor(pattern).test(path)) reaches = exception === '!';
  }
  return reaches;
};

const patternFor = (pattern: string): RegExp => {
  const source = pattern
    .split('/')
    .map((part) => (part === '**' ? '\u0000' : part.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*')))
    .join('/')
    .replaceAll('\u0000/', '(?:.*/)?')
    .replaceAll('\u0000', '.*');
  return new RegExp(`^${source}(?:/.*)?$`);
};
