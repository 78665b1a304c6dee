import { runSagaBench } from './saga.bench';
import { runStoreBench } from './store.bench';

const BENCHES: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  store: runStoreBench,
  saga: runSagaBench,
};

const main = async ([name = '', ...args]: string[]): Promise<number> => {
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined) {
    process.stderr.write(`npm run bench -- <name>, with one of: ${Object.keys(BENCHES).join(', ')}\n`);
    return 1;
  }
  await bench(args);
  return 0;
};

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
