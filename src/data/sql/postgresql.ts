import { isIP } from 'node:net';
import { Client, type ClientConfig, type FieldDef } from 'pg';
import { pinnedAddress } from './addresses';
import {
  BATCH_ROWS,
  CONNECT_SECONDS,
  type RowSink,
  type SqlConnection,
  type SqlDriver,
  type SqlSettings,
} from './source';

const BOOLEAN_OID = 16;
/** No cursor can be had for it. */
const SHOW = /^\s*show\b/i;
const NO_TLS = /does not support SSL/i;
/** Values as the server writes them: nothing is rounded or moved between zones on the way. */
const AS_TEXT = { getTypeParser: () => (value: string) => value } as unknown as ClientConfig['types'];

/** PostgreSQL through a cursor in a read-only transaction. */
export const postgresql: SqlDriver = {
  async test(connection, settings, signal) {
    return withClient(connection, settings, signal, async (client) => {
      const { rows } = await client.query<{ version: string }>('SHOW server_version');
      return `PostgreSQL ${String(Object.values(rows[0] ?? {})[0])}`;
    });
  },

  async stream({ connection, statement, limits, signal }, settings, sink) {
    await withClient(connection, settings, signal, async (client) => {
      await beginReading(client, limits.seconds);
      if (SHOW.test(statement)) {
        await fetchInto(client, statement, sink);
        return;
      }
      await declareCursor(client, statement);
      while ((await fetchInto(client, `FETCH ${BATCH_ROWS} FROM source`, sink)) === BATCH_ROWS) signal.throwIfAborted();
    });
  },

  async prepare({ connection, statement, signal }, settings) {
    await withClient(connection, settings, signal, async (client) => {
      await beginReading(client, CONNECT_SECONDS);
      // Planned, and never fetched from.
      if (!SHOW.test(statement)) await declareCursor(client, statement);
    });
  },
};

async function beginReading(client: Client, seconds: number): Promise<void> {
  await client.query('BEGIN TRANSACTION READ ONLY');
  await client.query(`SET LOCAL statement_timeout = ${Math.ceil(seconds) * 1000}`);
  await client.query("SET LOCAL timezone = 'UTC'");
  await client.query("SET LOCAL datestyle = 'ISO, YMD'");
}

/** The extended protocol takes one statement only, whatever the text holds. */
async function declareCursor(client: Client, statement: string): Promise<void> {
  await client.query({ text: `DECLARE source NO SCROLL CURSOR FOR ${statement}`, queryMode: 'extended' } as never);
}

/** Runs one statement and passes its rows on; how many there were. */
async function fetchInto(client: Client, text: string, sink: RowSink): Promise<number> {
  const query = { text, rowMode: 'array', queryMode: 'extended', types: AS_TEXT } as never;
  const result = (await client.query(query)) as unknown as { rows: (string | null)[][]; fields: FieldDef[] };
  sink.columns(result.fields.map(({ name }) => name));
  const isBoolean = result.fields.map(({ dataTypeID }) => dataTypeID === BOOLEAN_OID);
  await sink.rows(result.rows.map((row) => row.map((value, index) => (isBoolean[index] ? truth(value) : value))));
  return result.rows.length;
}

function truth(value: string | null): string | null {
  return value === null ? null : value === 't' ? 'true' : 'false';
}

async function withClient<T>(
  connection: SqlConnection,
  settings: SqlSettings,
  signal: AbortSignal,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const host = connection.host ?? 'localhost';
  const address = await pinnedAddress(host, settings.allowedHosts);
  const client = await connect(connection, host, address);
  const socket = (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream;
  const drop = () => socket.destroy();
  signal.addEventListener('abort', drop, { once: true });
  try {
    signal.throwIfAborted();
    return await work(client);
  } finally {
    signal.removeEventListener('abort', drop);
    // Ending the session rolls the transaction back.
    await client.end().catch(() => undefined);
  }
}

/** Encrypted where the server can, as PostgreSQL's own clients do by default; plain where it can't. */
async function connect(connection: SqlConnection, host: string, address: string): Promise<Client> {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  try {
    return await connectOnce(connection, address, { rejectUnauthorized: false, ...servername });
  } catch (error) {
    if (!NO_TLS.test((error as Error).message)) throw error;
    return connectOnce(connection, address, false);
  }
}

async function connectOnce(connection: SqlConnection, address: string, ssl: ClientConfig['ssl']): Promise<Client> {
  const client = new Client({
    host: address,
    port: connection.port ?? 5432,
    database: connection.database,
    user: connection.username || 'postgres',
    // As a function, so that an empty password is not replaced by one from our own environment.
    password: () => connection.password ?? '',
    ssl,
    connectionTimeoutMillis: CONNECT_SECONDS * 1000,
    application_name: 'automl',
  });
  // A connection that breaks rejects the query in flight; the event itself must not end the process.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
