import { isIP } from 'node:net';
import mysql, { type Connection, type FieldPacket } from 'mysql2';
import { pinnedAddress } from './addresses';
import {
  BATCH_ROWS,
  CONNECT_SECONDS,
  type RowSink,
  type SqlConnection,
  type SqlDriver,
  type SqlSettings,
} from './source';

interface CastField {
  type: string;
  string(): string | null;
  buffer(): Buffer | null;
}

/** MySQL and MariaDB, streamed in a read-only transaction. */
export const mysqlDriver: SqlDriver = {
  async test(connection, settings, signal) {
    return withConnection(connection, settings, signal, async (client) => {
      const rows = await run(client, 'SELECT version() AS version');
      return `MySQL ${String((rows as { version: unknown }[])[0]?.version)}`;
    });
  },

  async stream({ connection, statement, limits, signal }, settings, sink) {
    await withConnection(connection, settings, signal, async (client) => {
      await limitTime(client, limits.seconds);
      await run(client, "SET SESSION time_zone = '+00:00'");
      await run(client, 'START TRANSACTION READ ONLY');
      await copyRows(client, statement, sink);
    });
  },

  async prepare({ connection, statement, signal }, settings) {
    await withConnection(connection, settings, signal, async (client) => {
      await run(client, 'START TRANSACTION READ ONLY');
      await new Promise<void>((resolve, reject) =>
        client.prepare(statement, (error) => (error ? reject(error) : resolve())),
      );
    });
  },
};

async function copyRows(client: Connection, statement: string, sink: RowSink): Promise<void> {
  const query = client.query({ sql: statement, rowsAsArray: true, typeCast: castToText as never });
  query.on('fields', (fields: FieldPacket[]) => sink.columns(fields.map(({ name }) => name)));
  let batch: (string | null)[][] = [];
  for await (const row of query.stream({ highWaterMark: BATCH_ROWS }) as AsyncIterable<(string | null)[]>) {
    batch.push(row);
    if (batch.length < BATCH_ROWS) continue;
    await sink.rows(batch);
    batch = [];
  }
  await sink.rows(batch);
}

/** Values as the server writes them; bits, which it writes as bytes, as a number. */
function castToText(field: CastField): string | null {
  if (field.type !== 'BIT') return field.string();
  const bytes = field.buffer();
  return bytes === null ? null : BigInt(`0x${bytes.toString('hex') || '0'}`).toString();
}

/** MariaDB and MySQL name the same limit differently. */
async function limitTime(client: Connection, limit: number): Promise<void> {
  try {
    await run(client, `SET SESSION max_statement_time = ${Math.ceil(limit)}`);
  } catch {
    await run(client, `SET SESSION max_execution_time = ${Math.ceil(limit) * 1000}`);
  }
}

async function withConnection<T>(
  connection: SqlConnection,
  settings: SqlSettings,
  signal: AbortSignal,
  work: (client: Connection) => Promise<T>,
): Promise<T> {
  const host = connection.host ?? 'localhost';
  const address = await pinnedAddress(host, settings.allowedHosts);
  const client = await connect(connection, host, address);
  let aborted: (() => void) | undefined;
  const abortion = new Promise<never>((_, reject) => {
    aborted = () => {
      drop(client);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', aborted, { once: true });
  });
  try {
    signal.throwIfAborted();
    // A destroyed connection leaves its query without an answer.
    return await Promise.race([work(client), abortion]);
  } finally {
    if (aborted) signal.removeEventListener('abort', aborted);
    drop(client);
  }
}

/** Encrypted where the server can, as MySQL's own clients do by default; plain where it can't. */
async function connect(connection: SqlConnection, host: string, address: string): Promise<Connection> {
  try {
    const servername = isIP(host) === 0 ? { servername: host } : {};
    return await connectOnce(connection, address, { rejectUnauthorized: false, ...servername });
  } catch (error) {
    if ((error as { code?: string }).code !== 'HANDSHAKE_NO_SSL_SUPPORT') throw error;
    return connectOnce(connection, address, undefined);
  }
}

function connectOnce(connection: SqlConnection, address: string, ssl: object | undefined): Promise<Connection> {
  const client = mysql.createConnection({
    host: address,
    port: connection.port ?? 3306,
    database: connection.database,
    user: connection.username || 'root',
    password: connection.password ?? '',
    ssl: ssl as never,
    connectTimeout: CONNECT_SECONDS * 1000,
    charset: 'utf8mb4',
    multipleStatements: false,
    // A server may otherwise ask its client for the client's files.
    flags: ['-LOCAL_FILES'],
  });
  client.on('error', () => undefined);
  return new Promise((resolve, reject) =>
    client.connect((error) => {
      if (!error) return resolve(client);
      drop(client);
      reject(error);
    }),
  );
}

/** Ends the session at once: the driver's own `destroy` first takes in every row that is still on its way. */
function drop(client: Connection): void {
  client.destroy();
  (client as unknown as { stream: { destroy(): void } }).stream.destroy();
}

function run(client: Connection, sql: string): Promise<unknown> {
  return new Promise((resolve, reject) => client.query(sql, (error, rows) => (error ? reject(error) : resolve(rows))));
}
