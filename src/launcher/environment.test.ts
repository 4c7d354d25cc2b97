import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CONFIG_VARIABLES, loadConfig } from '../config';
import { environmentOf } from './environment';

const GIVEN = {
  PATH: '/bin',
  HOME: '/home/someone',
  OPENAI_API_KEY: 'model-key',
  DEEPSEEK_API_KEY: 'other-model-key',
  CREDENTIAL_KEY: 'credential-key',
  DATABASE_URL: 'some.db',
  DOCKER_HOST: 'tcp://engine',
  AWS_SECRET_ACCESS_KEY: 'not ours',
};

test('the API holds no model key and no way to the Docker engine', () => {
  const environment = environmentOf('api', GIVEN, { PORT: '1234' });
  expect(environment).toMatchObject({
    PATH: '/bin',
    DATABASE_URL: 'some.db',
    CREDENTIAL_KEY: 'credential-key',
    PORT: '1234',
  });
  expect(Object.values(environment)).not.toContain('model-key');
  expect(Object.values(environment)).not.toContain('other-model-key');
  expect(environment).not.toHaveProperty('DOCKER_HOST');
  expect(environment).not.toHaveProperty('AWS_SECRET_ACCESS_KEY');
});

test('a withheld key that stands in .env stays hidden as well', () => {
  const hidden = environmentOf('api', {}, {});
  expect(hidden['OPENAI_API_KEY']).toBe('');
  expect(loadConfig({ ...hidden, OPENAI_API_KEY: hidden['OPENAI_API_KEY'] }).models.openaiApiKey).toBeUndefined();
});

test('the worker holds the model keys, the Docker engine and the key to saved passwords, and nothing that is not ours', () => {
  const environment = environmentOf('worker', GIVEN, {});
  expect(environment).toMatchObject({
    OPENAI_API_KEY: 'model-key',
    DOCKER_HOST: 'tcp://engine',
    CREDENTIAL_KEY: 'credential-key',
  });
  expect(environment).not.toHaveProperty('AWS_SECRET_ACCESS_KEY');
});

test('Temporal gets nothing of ours', () => {
  expect(environmentOf('temporal', GIVEN, { PORT: '1' })).toEqual({
    PATH: '/bin',
    HOME: '/home/someone',
    USER: 'automl',
  });
});

test('.env.example explains every variable there is, and no other', () => {
  const text = readFileSync(path.join(__dirname, '..', '..', '.env.example'), 'utf8');
  const explained = [...text.matchAll(/^([A-Z0-9_]+)=/gm)].map(([, name]) => name);
  expect(explained.sort()).toEqual(CONFIG_VARIABLES.filter((name) => name !== 'PATH').sort());
});

test('.env.example shows the values that hold when nothing is set', () => {
  const file = path.join(__dirname, '..', '..', '.env.example');
  const given = Object.fromEntries(
    [...readFileSync(file, 'utf8').matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  ) as Record<string, string>;
  const nowhere = path.join(__dirname, 'no-such-folder');
  expect(loadConfig(given, nowhere)).toEqual(loadConfig({}, nowhere));
});
