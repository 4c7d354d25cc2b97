import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { config as readDotenv } from 'dotenv';
import { z } from 'zod';
import { AgentName } from './contracts/agents';
import { BudgetEnd } from './contracts/budget';

/**
 * The environment, read once, here and nowhere else. Every variable is explained in `.env.example`;
 * an empty variable counts as not set, as in a Compose file.
 */
const flag = z
  .enum(['1', '0', 'true', 'false', 'yes', 'no', 'on', 'off'])
  .transform((word) => ['1', 'true', 'yes', 'on'].includes(word));
const port = z.coerce.number().int().min(0).max(65_535);
const seconds = z.coerce.number().int().min(1);

const Environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(8006),
  ALLOWED_HOSTS: z.string().default(''),
  DATA_DIR: z.string().default('data'),
  DATABASE_URL: z.string().default('automl_system.db'),
  UPLOAD_DIR: z.string().default('uploads'),
  MODELS_DIR: z.string().default('models'),
  RESULTS_DIR: z.string().default('results'),
  CODING_DIR: z.string().default('coding'),
  MAX_UPLOAD_MB: z.coerce.number().positive().default(500),
  DEBUG: flag.default(false),
  CREDENTIAL_KEY: z.string().optional(),
  SQLITE_SOURCES_DIR: z.string().default('sources'),
  SQL_ALLOWED_HOSTS: z.string().default(''),

  TEMPORAL_ADDRESS: z.string().optional(),
  TEMPORAL_NAMESPACE: z.string().default('default'),
  TEMPORAL_TASK_QUEUE: z.string().default('automl'),
  TEMPORAL_API_KEY: z.string().optional(),
  TEMPORAL_TLS: flag.default(false),
  TEMPORAL_PORT: port.default(7233),
  TEMPORAL_UI_PORT: port.default(8233),
  TEMPORAL_UI_URL: z.string().optional(),
  TEMPORAL_CLI_PATH: z.string().optional(),

  EXECUTION_ENGINE: z.enum(['auto', 'docker', 'local']).default('auto'),
  EXECUTION_SLOTS: z.coerce.number().int().min(1).optional(),
  DOCKER_IMAGE: z.string().default('automl-h2o:latest'),
  DOCKER_BASE_IMAGE: z.string().default('python:3.11-slim-bookworm'),
  DOCKER_RUNTIME: z.string().optional(),
  CONTAINER_MEMORY_MB: z.coerce.number().int().min(512).default(4096),
  CONTAINER_CPUS: z.coerce.number().positive().default(2),
  GPU: z.enum(['auto', 'off']).default('auto'),
  OUTPUT_QUOTA_MB: z.coerce.number().int().min(10).default(4096),
  REQUIRE_ISOLATION: flag.default(false),
  PYTHON_RUNTIME: z.string().optional(),
  CODE_EXECUTOR_TIMEOUT: seconds.default(3000),
  TIMEOUT: seconds.optional(),
  JOB_BUDGET_END: BudgetEnd.default('template'),
  MAX_MODELS: z.coerce.number().int().min(1).default(10),
  H2O_MAX_MEM: z
    .string()
    .regex(/^\d+[mg]$/i, 'a size such as 2500m or 3g')
    .default('2560m'),

  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: z.string().optional(),
  OPENAI_MODEL: z.string().default('gpt-4o-mini'),
  DEEPSEEK_API_KEY: z.string().optional(),
  DEEPSEEK_BASE_URL: z.string().default('https://api.deepseek.com'),
  DEEPSEEK_MODEL: z.string().default('deepseek-chat'),
  AGENT_MODELS: z
    .string()
    .default('')
    .transform((list, context) => entries(list, context, agentModel)),
  MODEL_PRICES: z
    .string()
    .default('gpt-4o-mini=0.15/0.60')
    .transform((list, context) => entries(list, context, modelPrice)),
  MODEL_CALL_TIMEOUT: seconds.default(120),
  MODEL_PATIENCE: z.coerce.number().int().min(0).max(1500).default(600),
  MODEL_MAX_OUTPUT_TOKENS: z.coerce.number().int().min(256).default(4096),
  MODEL_TRIALS: z.coerce.number().int().min(0).max(5).default(2),
  JOB_TOKEN_BUDGET: z.coerce.number().int().min(0).optional(),
  JOB_COST_BUDGET: z.coerce.number().min(0).optional(),
  JOB_CALL_BUDGET: z.coerce.number().int().min(0).default(60),
  JOB_MODEL_MINUTES: z.coerce.number().min(0).optional(),

  /** The host's own, not ours: where Java is, which certificates and proxies an image build needs. */
  PATH: z.string().default('/usr/local/bin:/usr/bin:/bin'),
  JAVA_HOME: z.string().optional(),
  PIP_CERT: z.string().optional(),
  SSL_CERT_FILE: z.string().optional(),
  NODE_EXTRA_CA_CERTS: z.string().optional(),
  HTTP_PROXY: z.string().optional(),
  HTTPS_PROXY: z.string().optional(),
  NO_PROXY: z.string().optional(),
});

/** Every variable that is read; the launcher hands exactly these to its children, less the secrets each may not hold. */
export const CONFIG_VARIABLES: readonly string[] = Object.keys(Environment.shape);

/** Everything the processes need to know, resolved to absolute paths and plain numbers. */
export type Config = ReturnType<typeof loadConfig>;

export class ConfigError extends Error {}

/** @throws {ConfigError} naming each variable that can't be used and why. */
export function loadConfig(environment: NodeJS.ProcessEnv = process.env, root: string = projectRoot()) {
  const fromFile: Record<string, string> = {};
  const dotenvPath = path.join(root, '.env');
  if (existsSync(dotenvPath)) readDotenv({ path: dotenvPath, processEnv: fromFile, quiet: true });
  const given = Object.entries({ ...fromFile, ...environment }).filter(
    ([, value]) => value !== undefined && value !== '',
  );
  const parsed = Environment.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`The configuration can't be used. ${problems.join('; ')}. See .env.example.`);
  }
  const env = parsed.data;
  const dataDir = path.resolve(root, env.DATA_DIR);
  const inData = (name: string) => path.resolve(dataDir, name);
  const heapMb = megabytes(env.H2O_MAX_MEM);

  return Object.freeze({
    root,
    version: versionOf(),
    host: env.HOST,
    port: env.PORT,
    allowedHosts: words(env.ALLOWED_HOSTS),
    debug: env.DEBUG,
    maxUploadBytes: Math.floor(env.MAX_UPLOAD_MB * 1024 * 1024),
    dataDir,
    uploadDir: inData(env.UPLOAD_DIR),
    modelsDir: inData(env.MODELS_DIR),
    resultsDir: inData(env.RESULTS_DIR),
    codingDir: inData(env.CODING_DIR),
    runDir: inData('run'),
    extrasDir: inData('extras'),
    databaseUrl: databaseUrl(env.DATABASE_URL, dataDir),
    credentialKey: env.CREDENTIAL_KEY,
    credentialKeyFile: inData('credential.key'),
    sqlSources: { filesDir: inData(env.SQLITE_SOURCES_DIR), allowedHosts: words(env.SQL_ALLOWED_HOSTS) },
    temporal: {
      embedded: env.TEMPORAL_ADDRESS === undefined,
      address: env.TEMPORAL_ADDRESS ?? `127.0.0.1:${env.TEMPORAL_PORT}`,
      namespace: env.TEMPORAL_NAMESPACE,
      taskQueue: env.TEMPORAL_TASK_QUEUE,
      apiKey: env.TEMPORAL_API_KEY,
      tls: env.TEMPORAL_TLS,
      port: env.TEMPORAL_PORT,
      uiPort: env.TEMPORAL_UI_PORT,
      uiUrl: env.TEMPORAL_UI_URL ?? `http://127.0.0.1:${env.TEMPORAL_UI_PORT}`,
      cliPath: env.TEMPORAL_CLI_PATH,
      databaseFile: inData('temporal.db'),
    },
    execution: {
      engine: env.EXECUTION_ENGINE,
      slots: env.EXECUTION_SLOTS,
      image: env.DOCKER_IMAGE,
      baseImage: env.DOCKER_BASE_IMAGE,
      dockerRuntime: env.DOCKER_RUNTIME,
      /** The container is 1.6 x the heap, or the configured size where that is more. */
      memoryMb: Math.max(env.CONTAINER_MEMORY_MB, Math.ceil(heapMb * 1.6)),
      cpus: env.CONTAINER_CPUS,
      gpu: env.GPU === 'auto',
      outputQuotaMb: env.OUTPUT_QUOTA_MB,
      requireIsolation: env.REQUIRE_ISOLATION,
      pythonRuntime: env.PYTHON_RUNTIME ?? path.join(root, '.runtime', 'venv', 'bin', 'python'),
      timeoutSeconds: env.CODE_EXECUTOR_TIMEOUT,
      heapMb,
      javaHome: env.JAVA_HOME,
      searchPath: env.PATH,
      /** A bundle of certificates that image builds must trust besides the usual, where a proxy signs. */
      caBundle: env.PIP_CERT ?? env.SSL_CERT_FILE ?? env.NODE_EXTRA_CA_CERTS,
      /** Those that are set. */
      proxies: thoseSet({ HTTP_PROXY: env.HTTP_PROXY, HTTPS_PROXY: env.HTTPS_PROXY, NO_PROXY: env.NO_PROXY }),
    },
    training: { maxModels: env.MAX_MODELS, maxRuntimeSecs: env.TIMEOUT },
    models: {
      openaiApiKey: env.OPENAI_API_KEY,
      openaiBaseUrl: env.OPENAI_BASE_URL,
      openaiModel: env.OPENAI_MODEL,
      deepseekApiKey: env.DEEPSEEK_API_KEY,
      deepseekBaseUrl: env.DEEPSEEK_BASE_URL,
      deepseekModel: env.DEEPSEEK_MODEL,
      agentModels: Object.fromEntries(env.AGENT_MODELS) as Partial<Record<AgentName, AgentModel>>,
      /** US dollars for a million tokens, by model. */
      prices: Object.fromEntries(env.MODEL_PRICES) as Record<string, ModelPrice>,
      callTimeoutSeconds: env.MODEL_CALL_TIMEOUT,
      /** How long a job bears with an endpoint that fails, seconds in all. */
      patienceSeconds: env.MODEL_PATIENCE,
      maxOutputTokens: env.MODEL_MAX_OUTPUT_TOKENS,
      /** How often a model may try a plan on a sample before it decides. */
      trials: env.MODEL_TRIALS,
      /** What one job may use; a job's own options may say otherwise. */
      budgetEnd: env.JOB_BUDGET_END,
      budget: {
        tokens: env.JOB_TOKEN_BUDGET ?? null,
        usd: env.JOB_COST_BUDGET ?? null,
        calls: env.JOB_CALL_BUDGET,
        minutes: env.JOB_MODEL_MINUTES ?? null,
      } as ModelLimits,
    },
  });
}

/** The folder that holds package.json: one up from src/ and from dist/ alike. */
export function projectRoot(): string {
  return path.resolve(__dirname, '..');
}

function versionOf(): string {
  return (JSON.parse(readFileSync(path.join(projectRoot(), 'package.json'), 'utf8')) as { version: string }).version;
}

/** What models may use for one job; null: no limit. */
export type ModelLimits = Record<'tokens' | 'usd' | 'calls' | 'minutes', number | null>;

export interface AgentModel {
  endpoint: string;
  /** Undefined: the endpoint's default. */
  model: string | undefined;
}

export interface ModelPrice {
  input: number;
  output: number;
}

/** Reads `name=value, name=value`; what `read` says is wrong becomes a problem of the variable. */
function entries<Value>(list: string, context: z.RefinementCtx, read: (name: string, value: string) => Value | string) {
  const pairs: [string, Value][] = [];
  for (const entry of words(list)) {
    const [name = '', value = ''] = entry.split(/=(.*)/s).map((part) => part.trim());
    const found = read(name, value);
    if (typeof found === 'string') context.addIssue({ code: 'custom', message: `"${entry}": ${found}` });
    else pairs.push([name, found]);
  }
  return pairs;
}

/** The name of a model may hold colons. Whether there is an agent of a name, the registry knows: see endpoints/choice. */
function agentModel(agent: string, choice: string): AgentModel | string {
  if (!AgentName.safeParse(agent).success) return 'agents are called like DataProcessor';
  const [endpoint = '', model] = choice.split(/:(.*)/s);
  if (!['openai', 'deepseek', 'template'].includes(endpoint)) {
    return 'say openai, deepseek or template, with a model after a colon where it should differ';
  }
  return { endpoint, model: model || undefined };
}

function modelPrice(_model: string, price: string): ModelPrice | string {
  const [input, output] = price.split('/').map(Number);
  if (input === undefined || output === undefined || !(input >= 0 && output >= 0)) {
    return 'say INPUT/OUTPUT in US dollars for a million tokens, as in 0.15/0.60';
  }
  return { input, output };
}

function words(list: string): string[] {
  return list
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
}

function megabytes(size: string): number {
  const amount = Number.parseInt(size, 10);
  return size.toLowerCase().endsWith('g') ? amount * 1024 : amount;
}

/** A URL stays as it is; a path becomes an absolute `sqlite:` URL under DATA_DIR. */
function thoseSet(variables: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

function databaseUrl(value: string, dataDir: string): string {
  if (/^(postgres|postgresql):\/\//.test(value)) return value;
  const file = value.replace(/^sqlite:(\/\/)?/, '');
  return `sqlite:${path.resolve(dataDir, file)}`;
}
