import { startBroker } from './broker';
import type { FsyncMode } from './log/committer';

/** A broker in a process of its own: `<data folder> <port> <fsync>`; tells its port in one line. */
const [dataDir, port, fsync] = process.argv.slice(2);

const broker = await startBroker({
  dataDir: dataDir!,
  port: Number(port),
  fsync: fsync as FsyncMode,
  segmentBytesMax: 256 * 1024,
  log: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${broker.address.port}\n`);
process.on('SIGTERM', () => void broker.stop());
