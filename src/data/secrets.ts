import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { AutomlError } from '../contracts/failure';

export interface Secrets {
  /** AES-256-GCM under a fresh nonce: the same text never gives the same result twice. */
  encrypt(text: string): Promise<string>;
  /** @throws {AutomlError} `credential_unreadable` where the key is another one or the text was changed. */
  decrypt(sealed: string): Promise<string>;
}

const ALGORITHM = 'aes-256-gcm';
const VERSION = 'v1';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;

/**
 * Encryption of stored credentials. The key is `credentialKey` (any text; 64 hexadecimal digits are taken as the key
 * itself), or else the content of `credentialKeyFile`, which the first use creates, readable by its owner only.
 */
export function createSecrets(settings: { credentialKey?: string; credentialKeyFile: string }): Secrets {
  let loaded: Promise<Buffer> | undefined;
  const key = () => {
    loaded ??= settings.credentialKey
      ? Promise.resolve(keyFrom(settings.credentialKey))
      : keyFromFile(settings.credentialKeyFile);
    loaded.catch(() => (loaded = undefined));
    return loaded;
  };
  return {
    async encrypt(text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, await key(), nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return [VERSION, ...[nonce, cipher.getAuthTag(), sealed].map((part) => part.toString('base64'))].join(':');
    },
    async decrypt(sealed) {
      const [version, nonce = '', tag = '', body = ''] = sealed.split(':');
      try {
        if (version !== VERSION) throw new Error(`unknown version ${version}`);
        const decipher = createDecipheriv(ALGORITHM, await key(), Buffer.from(nonce, 'base64'), { authTagLength: 16 });
        decipher.setAuthTag(Buffer.from(tag, 'base64'));
        return Buffer.concat([decipher.update(Buffer.from(body, 'base64')), decipher.final()]).toString('utf8');
      } catch (cause) {
        if (cause instanceof AutomlError) throw cause;
        throw unreadable(cause);
      }
    },
  };
}

function unreadable(cause: unknown): AutomlError {
  return new AutomlError(
    {
      category: 'system',
      code: 'credential_unreadable',
      message: 'A stored password cannot be decrypted.',
      hint: 'Restore the CREDENTIAL_KEY or the key file it was saved with, or enter the password again.',
    },
    { cause },
  );
}

function keyFrom(text: string): Buffer {
  return /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : createHash('sha256').update(text).digest();
}

/** Of several processes that find no file, one wins; all of them then read the winner's key. */
async function keyFromFile(file: string): Promise<Buffer> {
  const existing = await readKey(file);
  if (existing) return existing;
  await mkdir(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    await handle.writeFile(`${randomBytes(KEY_BYTES).toString('hex')}\n`);
    await handle.sync();
    await handle.close();
    // A link, unlike a rename, never replaces what another process has put there.
    await link(temporary, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(temporary, { force: true });
  }
  return (await readKey(file)) as Buffer;
}

async function readKey(file: string): Promise<Buffer | undefined> {
  try {
    return keyFrom((await readFile(file, 'utf8')).trim());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
