import { FILE_TYPES, type CONNECTION_TYPES, type CreateConnection } from '../../contracts/connections';
import { RequestError } from '../common/problem';

type Type = (typeof CONNECTION_TYPES)[number];

const SCHEMES: Record<string, Type> = {
  'postgres:': 'postgresql',
  'postgresql:': 'postgresql',
  'mysql:': 'mysql',
  'mariadb:': 'mysql',
};

export interface ConnectionParts extends Omit<CreateConnection, 'url' | 'name' | 'type' | 'database'> {
  type: Type;
  database: string;
}

/** What a connection is made of, from its parts, its URL or both. @throws {RequestError} 422, never with the URL in it */
export function connectionParts({ url, name: _name, ...given }: CreateConnection): ConnectionParts {
  const parts = { ...(url === undefined ? {} : partsOfUrl(url)), ...given };
  const { type, database } = parts;
  if (!type)
    throw refused('type_missing', 'The connection needs a type.', 'Give `type`, or a `url` that begins with it.');
  if (!FILE_TYPES.includes(type) && !parts.host) {
    throw refused(
      'host_missing',
      `A ${type} connection needs a host.`,
      'Add the host name or address of the database server.',
    );
  }
  if (!database)
    throw refused(
      'database_missing',
      'The connection needs a database.',
      'Name the database, or the file of SQLite or DuckDB.',
    );
  return { ...parts, type, database };
}

function partsOfUrl(url: string): Partial<ConnectionParts> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const type = parsed && SCHEMES[parsed.protocol];
  if (!parsed || !type) {
    throw refused(
      'url_invalid',
      "The connection's URL can't be read.",
      'Write postgresql://user:password@host:port/database, special characters percent-encoded.',
    );
  }
  try {
    const part = (text: string) => (text === '' ? undefined : decodeURIComponent(text));
    return {
      type,
      host: part(parsed.hostname),
      port: parsed.port === '' ? undefined : Number(parsed.port),
      database: part(parsed.pathname.slice(1)),
      username: part(parsed.username),
      password: part(parsed.password),
    };
  } catch {
    throw refused(
      'url_invalid',
      "The connection's URL has a broken percent-encoding.",
      'Encode special characters, or give the parts.',
    );
  }
}

function refused(code: string, message: string, hint: string): RequestError {
  return new RequestError(422, code, message, hint);
}
