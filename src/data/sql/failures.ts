import { AutomlError, cut } from '../../contracts/failure';
import type { SqlConnection } from './source';

interface Cause {
  code: string;
  /** Codes and texts by which drivers and servers name it. */
  signs: RegExp;
  message: (connection: SqlConnection, detail: string) => string;
  hint: string;
  retryable?: boolean;
}

const place = ({ host, port }: SqlConnection) => `${host ?? 'localhost'}${port ? `:${port}` : ''}`;

/** The first row whose signs are in an error's code or text names its cause. */
const CAUSES: Cause[] = [
  {
    code: 'query_timeout',
    signs:
      /57014|ER_QUERY_TIMEOUT|ER_STATEMENT_TIMEOUT|\b1969\b|max_statement_time|SQLITE_INTERRUPT|INTERRUPT Error|TimeoutError/,
    message: () => 'The query took longer than it may.',
    hint: 'Read fewer rows or columns, or let the database prepare the result in a table or view.',
  },
  {
    code: 'authentication_failed',
    signs: /28P01|28000|ER_ACCESS_DENIED|ER_DBACCESS_DENIED|ER_NOT_SUPPORTED_AUTH|password authentication failed/,
    message: (connection) => `The server refused the user "${connection.username ?? ''}" or the password.`,
    hint: 'Check user name and password, and that the user may log in from this machine.',
  },
  {
    code: 'unknown_database',
    signs: /3D000|ER_BAD_DB_ERROR/,
    message: (connection) => `The server has no database "${connection.database}".`,
    hint: 'Check the name of the database.',
  },
  {
    code: 'not_a_database',
    signs: /SQLITE_NOTADB|SQLITE_CANTOPEN|SQLITE_CORRUPT/,
    message: (connection) => `The file "${connection.database}" can't be read as a SQLite database.`,
    hint: 'Check that it is a complete, unencrypted SQLite 3 file.',
  },
  {
    code: 'too_many_bytes',
    signs: /SQLITE_FULL/,
    message: () => 'The query gives more data than it may.',
    hint: 'Narrow the query with WHERE or LIMIT, or aggregate in the database.',
  },
  {
    code: 'query_too_heavy',
    signs: /Out of Memory Error/,
    message: () => 'The query needs more memory than it may.',
    hint: 'Sort, join or group fewer rows, or prepare the result in a table of the file.',
  },
  {
    code: 'host_unknown',
    signs: /ENOTFOUND|EAI_AGAIN|EAI_NODATA/,
    message: (connection) => `The host ${connection.host ?? 'localhost'} has no address.`,
    hint: 'Check the spelling of the host name.',
    retryable: true,
  },
  {
    code: 'connection_refused',
    signs: /ECONNREFUSED/,
    message: (connection) => `Nothing answers at ${place(connection)}.`,
    hint: 'Check the port, and that the database server is running and accepts connections from this machine.',
    retryable: true,
  },
  {
    code: 'tls_failed',
    signs: /ERR_TLS|ERR_SSL|HANDSHAKE_SSL|CERT_|SELF_SIGNED|EPROTO/,
    message: (connection, detail) => `The encrypted connection to ${place(connection)} failed: ${detail}`,
    hint: "Check the server's TLS set-up and certificate.",
  },
  {
    code: 'query_not_read_only',
    signs: /25006|ER_CANT_EXECUTE_IN_READ_ONLY|SQLITE_READONLY|0A000|read-only mode/,
    message: (_, detail) => `The query does more than read: ${detail}`,
    hint: 'Enter a single SELECT statement that changes nothing.',
  },
  {
    code: 'outside_of_file',
    signs: /Permission Error/,
    message: (_, detail) => `The query reaches outside of its file: ${detail}`,
    hint: 'Read only the tables and views of this file.',
  },
  {
    code: 'permission_denied',
    signs: /42501|ER_TABLEACCESS_DENIED|ER_COLUMNACCESS_DENIED|ER_SPECIFIC_ACCESS_DENIED|SQLITE_AUTH/,
    message: (_, detail) => `The database user may not read this: ${detail}`,
    hint: "Ask the database's administrator for the right to read it.",
  },
  {
    code: 'query_invalid',
    signs:
      /code: 42|code: 22|ER_PARSE|ER_NO_SUCH|ER_BAD_FIELD|ER_NON_UNIQ|ER_WRONG|ER_DUP_FIELDNAME|ER_SP_DOES|SQLITE_ERROR|SQLITE_RANGE|(Parser|Binder|Catalog|Conversion|Invalid Input|Out of Range|Not implemented) Error/,
    message: (_, detail) => `The database does not understand the query: ${detail}`,
    hint: 'Correct the query: check table and column names.',
  },
  {
    code: 'host_unreachable',
    signs:
      /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ECONNRESET|EPIPE|timeout expired|timeout exceeded|Connection terminated|PROTOCOL_CONNECTION_LOST/,
    message: (connection) => `The connection to ${place(connection)} could not be made or was lost.`,
    hint: 'Check host and port, the firewall between, and that the server is running; then try again.',
    retryable: true,
  },
  {
    code: 'too_many_connections',
    signs: /53300|ER_CON_COUNT|ER_TOO_MANY_USER_CONNECTIONS|SQLITE_BUSY|SQLITE_LOCKED|Could not set lock/,
    message: () => 'The database is too busy to answer.',
    hint: 'Try again in a while.',
    retryable: true,
  },
];

/** Makes any error of a driver or server a failure that names its cause and never the password. */
export function classifySqlError(error: unknown, connection: SqlConnection): AutomlError {
  if (error instanceof AutomlError) return error;
  const { code, name, message } = error as { code?: unknown; name?: string; message?: string };
  const detail = cut(withoutPassword(message ?? String(error), connection), 500);
  const signs = `code: ${String(code ?? '')} ${name ?? ''} ${detail}`;
  const cause = CAUSES.find((each) => each.signs.test(signs));
  const failure = cause
    ? { category: 'data' as const, code: cause.code, message: cause.message(connection, detail), hint: cause.hint }
    : {
        category: 'data' as const,
        code: 'sql_failed',
        message: `The database answered with an error: ${detail}`,
        hint: 'Check the connection and the query.',
      };
  return new AutomlError(failure, { retryable: cause?.retryable });
}

function withoutPassword(text: string, { password }: SqlConnection): string {
  return password ? text.split(password).join('***') : text;
}
