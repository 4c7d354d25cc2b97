import type { Secrets } from '../secrets';
import type { SqlConnection } from './source';

/** A connection as it is saved: its password only encrypted. */
export interface StoredConnection extends Omit<SqlConnection, 'password'> {
  encrypted_password: string | null;
}

/** What a driver needs to connect, the password included: never to be stored, logged or answered. */
export async function openConnection(stored: StoredConnection, secrets: Secrets): Promise<SqlConnection> {
  const { type, host, port, database, username, encrypted_password } = stored;
  const password = encrypted_password === null ? null : await secrets.decrypt(encrypted_password);
  return { type, host, port, database, username, password };
}
