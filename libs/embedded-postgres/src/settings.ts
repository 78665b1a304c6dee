/** For the pools of ten services on a small machine. */
const SETTINGS = {
  max_connections: '200',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  wal_level: 'logical',
  jit: 'off',
  // Reads by the calling process, which spares a small machine the server's pool of reading processes.
  io_method: 'sync',
  random_page_cost: '1.1',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  log_timezone: 'UTC',
  unix_socket_directories: '',
} as const;

const DURABLE = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' } as const;
const VOLATILE = { fsync: 'off', synchronous_commit: 'on', full_page_writes: 'off' } as const;

/** The server's settings as command-line arguments, so that a data folder made by an older version follows them too. */
export const settingArguments = (host: string, durable: boolean): readonly string[] =>
  Object.entries({ ...SETTINGS, ...(durable ? DURABLE : VOLATILE), listen_addresses: host }).flatMap(
    ([name, value]) => ['-c', `${name}=${value}`],
  );
