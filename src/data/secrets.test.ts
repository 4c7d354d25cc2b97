import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSecrets } from './secrets';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'automl-secrets-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('createSecrets', () => {
  it('gives back what it sealed, differently each time', async () => {
    const secrets = createSecrets({ credentialKey: 'a key', credentialKeyFile: '' });
    const sealed = [await secrets.encrypt('contraseña'), await secrets.encrypt('contraseña')];
    expect(sealed[0]).not.toBe(sealed[1]);
    expect(sealed.join()).not.toContain('contrase');
    expect(await Promise.all(sealed.map((text) => secrets.decrypt(text)))).toEqual(['contraseña', 'contraseña']);
  });

  it('refuses changed texts and other keys, with a hint', async () => {
    const secrets = createSecrets({ credentialKey: 'a key', credentialKeyFile: '' });
    const sealed = await secrets.encrypt('secret');
    const parts = sealed.split(':');
    const flipped = Buffer.from(parts[3] as string, 'base64');
    flipped[0] = (flipped[0] as number) ^ 1;
    const changed = [...parts.slice(0, 3), flipped.toString('base64')].join(':');
    const other = createSecrets({ credentialKey: 'another', credentialKeyFile: '' });
    for (const attempt of [secrets.decrypt(changed), secrets.decrypt('plain'), other.decrypt(sealed)]) {
      await expect(attempt).rejects.toMatchObject({ failure: { code: 'credential_unreadable' } });
    }
  });

  it('makes one key for all who need it first at the same time, for their owner only', async () => {
    const file = path.join(folder, 'deep', 'credential.key');
    const all = Array.from({ length: 8 }, () => createSecrets({ credentialKeyFile: file }));
    const sealed = await Promise.all(all.map((secrets, index) => secrets.encrypt(`text ${index}`)));
    const last = createSecrets({ credentialKeyFile: file });
    const opened = await Promise.all(sealed.map((text) => last.decrypt(text)));
    expect(opened).toEqual(all.map((_, index) => `text ${index}`));
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(path.dirname(file))).toEqual(['credential.key']);
  });
});
