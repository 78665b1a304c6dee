import { assert } from '@murmuration/kernel';
import { Client } from 'pg';

export type DatabaseOptions = { readonly name: string; readonly role: string; readonly password: string };

const CONNECT_MS = 10_000;
const NAME = /^[a-z_][a-z0-9_]{0,62}$/;

const withClient = async <Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const formatted = async (client: Client, template: string, ...values: readonly string[]): Promise<string> => {
  const places = values.map((_, index) => `, $${index + 2}::text`).join('');
  const { rows } = await client.query<{ readonly sql: string }>(`SELECT format($1${places}) AS sql`, [
    template,
    ...values,
  ]);
  assert(rows[0], 'format to give one row');
  return rows[0].sql;
};

const exists = async (client: Client, query: string, name: string): Promise<boolean> =>
  (await client.query(query, [name])).rows.length > 0;

/**
 * Makes sure of one database that belongs to one role, and that no other role can connect to it. May be repeated; the
 * password is then the one given last. `adminUrl` leads to any database of the server as a superuser.
 */
export const createDatabase = (adminUrl: string, { name, role, password }: DatabaseOptions): Promise<void> =>
  withClient(adminUrl, async (client) => {
    assert(NAME.test(name) && NAME.test(role), 'a database and a role named in lower-case letters, digits and _');
    const hasRole = await exists(client, 'SELECT FROM pg_roles WHERE rolname = $1', role);
    const roleSql = `${hasRole ? 'ALTER' : 'CREATE'} ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD %L`;
    await client.query(await formatted(client, roleSql, role, password));
    const hasDatabase = await exists(client, 'SELECT FROM pg_database WHERE datname = $1', name);
    if (!hasDatabase) await client.query(`CREATE DATABASE ${name} OWNER ${role}`);
    await client.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  });

/** Without this every role could connect to the server's own databases. */
export const closeServerDatabases = (adminUrl: string): Promise<void> =>
  withClient(adminUrl, async (client) => {
    await client.query('REVOKE ALL ON DATABASE postgres FROM PUBLIC');
    await client.query('REVOKE ALL ON DATABASE template1 FROM PUBLIC');
  });

/** Drops a database that `createDatabase` made, with its role, whoever is still connected. */
export const dropDatabase = (adminUrl: string, { name, role }: Omit<DatabaseOptions, 'password'>): Promise<void> =>
  withClient(adminUrl, async (client) => {
    assert(NAME.test(name) && NAME.test(role), 'a database and a role named in lower-case letters, digits and _');
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`DROP ROLE IF EXISTS ${role}`);
  });
