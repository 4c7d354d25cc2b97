import { isNativeError } from 'node:util/types';
import { AutomlError, type Failure } from '../contracts/failure';

interface Rule {
  /** Codes of the SQLite or PostgreSQL driver, or of the socket below it; a prefix where it ends in `*`. */
  codes: string[];
  code: string;
  message: string;
  hint: string;
  retryable: boolean;
}

const READ_ONLY: Rule = {
  codes: ['SQLITE_READONLY', '25006', 'EROFS'],
  code: 'database_read_only',
  message: 'The database can be read, but not written.',
  hint: 'Give this user write permission on the database file and its folder; what waits goes on by itself then.',
  retryable: true,
};

const RULES: Rule[] = [
  {
    codes: ['SQLITE_BUSY', 'SQLITE_LOCKED', '55P03', '40001', '40P01'],
    code: 'database_locked',
    message: 'The database is locked by another writer.',
    hint: 'It is tried again by itself. If it stays, look for another program that has the database file open.',
    retryable: true,
  },
  {
    codes: ['SQLITE_FULL', '53100', 'ENOSPC'],
    code: 'disk_full',
    message: 'The database could not be written: the disk is full.',
    hint: 'Free some space on the disk that holds the database; what waits goes on by itself then.',
    retryable: true,
  },
  READ_ONLY,
  {
    codes: ['SQLITE_CORRUPT', 'SQLITE_NOTADB', 'XX001', 'XX002'],
    code: 'database_damaged',
    message: 'The database file is damaged, or is no database.',
    hint: 'Check DATABASE_URL; restore the file from a backup.',
    retryable: false,
  },
  {
    codes: ['28*', '3D000', '42501'],
    code: 'database_refused',
    message: 'The database server refused the user, the password or the database name.',
    hint: 'Check the user, password and database name in DATABASE_URL, and that this user may create tables.',
    retryable: false,
  },
  {
    codes: ['SQLITE_CANTOPEN', 'EACCES', 'ENOTDIR', 'EISDIR'],
    code: 'database_unreachable',
    message: 'The database file could not be opened.',
    hint: 'Check that the folder in DATABASE_URL exists and that this user may write there.',
    retryable: false,
  },
  {
    codes: ['08*', '53300', '57P*', 'ECONN*', 'ENOTFOUND', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN', 'SQLITE_IOERR'],
    code: 'database_unreachable',
    message: 'The database does not answer.',
    hint: 'Check that the database server runs and that DATABASE_URL names it; work goes on by itself once it answers.',
    retryable: true,
  },
];

/** Lost connections reach us from `pg` as plain errors without a code. */
const LOST = /connection terminated|client has encountered a connection error|driver not connected/i;

/** Turns what a database driver throws into a failure with a remedy; anything else comes back as it is. */
export function classifyDatabaseError(error: unknown): unknown {
  if (error instanceof AutomlError || !isNativeError(error)) return error;
  const code = codeOf(error);
  const rule = LOST.test(error.message) ? RULES.at(-1) : RULES.find((candidate) => matches(candidate, code));
  if (!rule) return error;
  const failure: Failure = { category: 'system', code: rule.code, message: rule.message, hint: rule.hint };
  return new AutomlError(failure, { retryable: rule.retryable, cause: error });
}

/** Whether trying the whole transaction again at once may help. */
export function isContention(error: unknown): boolean {
  return isNativeError(error) && matches(RULES[0]!, codeOf(error));
}

export function isReadOnly(error: unknown): boolean {
  return isNativeError(error) && matches(READ_ONLY, codeOf(error));
}

function matches(rule: Rule, code: string | undefined): boolean {
  if (code === undefined) return false;
  return rule.codes.some((known) => (known.endsWith('*') ? code.startsWith(known.slice(0, -1)) : known === code));
}

function codeOf(error: Error): string | undefined {
  const { driverError, code } = error as { driverError?: { code?: unknown }; code?: unknown };
  const found = driverError?.code ?? code;
  return typeof found === 'string' ? found : undefined;
}
