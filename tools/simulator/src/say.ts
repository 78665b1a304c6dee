/** Results, for whoever asked. */
export const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** How it goes on meanwhile. */
export const tell = (line: string): void => void process.stderr.write(`${line}\n`);
