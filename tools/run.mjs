// The one entry of every npm script, in plain Node, so that it also runs on a fresh clone: installs what is missing, builds
// what is stale, then runs the tool and passes signals and the exit code on.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const NODE_AT_LEAST = [20, 19];

/** `bundle` is run from its build and cannot do without the builds it `needs`; `script` is run as it is. */
const COMMANDS = {
  start: { bundle: 'tools/stack', needs: ['apps/', 'tools/stack'] },
  demo: { bundle: 'tools/demo', needs: ['apps/', 'tools/stack', 'tools/demo'] },
  chaos: { bundle: 'tools/chaos', needs: ['apps/', 'tools/stack', 'tools/demo', 'tools/chaos'] },
  bench: { bundle: 'tools/bench', needs: ['apps/', 'tools/stack', 'tools/bench'] },
  broker: { bundle: 'tools/broker', needs: ['tools/broker'] },
  contracts: { bundle: 'tools/contracts', needs: ['tools/contracts'] },
  simulate: { bundle: 'tools/simulator', needs: ['tools/simulator'] },
  // Builds as a step of its own, so that a failing build is one of the things it reports.
  test: { script: 'tools/test/run.mjs' },
  // Starts Apache Kafka, then the suites; what cannot be built fails in those that need it.
  'test:kafka': {
    script: 'tools/kafka-oracle/run.mjs',
    args: ['--', process.execPath, 'tools/test/kafka.mjs'],
    needs: [],
  },
  build: { needs: ['apps/', 'tools/'] },
};

const say = (line) => process.stderr.write(`murmuration: ${line}\n`);

const isOldNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major < NODE_AT_LEAST[0] || (major === NODE_AT_LEAST[0] && minor < NODE_AT_LEAST[1]);
};

const prepare = async (command) => {
  const { alone } = await import('./build/lock.mjs');
  const { ensurePackages } = await import('./build/packages.mjs');
  return alone(ROOT, async () => {
    const code = await ensurePackages(ROOT, say);
    if (code !== 0) return code;
    if (command.needs === undefined) return 0;
    const { buildAll } = await import('./build/build.mjs');
    const failed = await buildAll(say);
    return failed.some((project) => command.needs.some((needed) => project.startsWith(needed))) ? 1 : 0;
  });
};

const main = async ([name, ...args]) => {
  if (isOldNode()) {
    say(`Node ${NODE_AT_LEAST.join('.')} or newer is needed, this is ${process.versions.node}`);
    return 1;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    say(`there is no command "${name}", only ${Object.keys(COMMANDS).join(', ')}`);
    return 1;
  }
  process.chdir(ROOT);
  const code = await prepare(command);
  if (code !== 0 || (command.bundle === undefined && command.script === undefined)) return code;
  const { spawnTool } = await import('./build/spawn-tool.mjs');
  const script = command.script ?? `dist/${command.bundle}/main.js`;
  return spawnTool({
    script: join(ROOT, script),
    args: [...(command.args ?? []), ...args],
    nodeArgs: ['--enable-source-maps'],
  });
};

process.exitCode = await main(process.argv.slice(2));
