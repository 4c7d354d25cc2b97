import { existsSync } from 'node:fs';
import { Connection } from '@temporalio/client';
import Docker from 'dockerode';
import { DataSource } from 'typeorm';
import type { AutomlError } from '../../contracts/failure';
import { createAgents, listAgents } from '../../agents';
import { configuredEndpoints, misnamedAgents } from '../../endpoints/choice';
import { findTemporal } from '../../launcher/temporal-server';
import { gpuRequest } from '../../engines/docker/gpu';
import { checkOf, type Check, type Examination } from '../check';

const ANSWER_WITHIN_MS = 5000;
const OPENAI_URL = 'https://api.openai.com/v1';

export const docker: Examination = async ({ config }) => {
  const check = checkOf('docker', 'Docker');
  const { engine, image } = config.execution;
  if (engine === 'local') return check.ok('not used (EXECUTION_ENGINE=local)');
  const client = new Docker({ timeout: ANSWER_WITHIN_MS });
  try {
    const { Version: version } = await client.version();
    const gpu = gpuRequest((await client.info()) as object) !== undefined;
    const built = await client
      .getImage(image)
      .inspect()
      .then(
        () => true,
        () => false,
      );
    return check.ok(
      `engine ${version}; image ${image} ${built ? 'is there' : 'is built when it is first needed'}; ${gpuInWords(config.execution.gpu, gpu)}`,
    );
  } catch (error) {
    const reason = `no engine answers (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`;
    const remedy = 'Install and start Docker, and let this user use its socket; or set EXECUTION_ENGINE=local.';
    return engine === 'docker'
      ? check.error(reason, remedy)
      : check.warning(`${reason}: the local engine is used`, remedy);
  }
};

function gpuInWords(wanted: boolean, found: boolean): string {
  if (!found) return 'no GPU';
  return wanted ? 'its GPU serves trainings that have a time budget' : 'its GPU is left alone (GPU=off)';
}

export const temporal: Examination = async ({ config, environment }) => {
  const check = checkOf('temporal', 'Temporal');
  if (config.temporal.embedded) {
    try {
      return check.ok(`embedded server: ${findTemporal(config, environment)}`);
    } catch (error) {
      const { message, hint } = (error as AutomlError).failure;
      return check.error(message, hint);
    }
  }
  const { address, namespace, tls, apiKey } = config.temporal;
  try {
    const metadata = apiKey ? { 'temporal-namespace': namespace } : undefined;
    const connection = await Connection.connect({
      address,
      tls: tls || undefined,
      apiKey,
      metadata,
      connectTimeout: ANSWER_WITHIN_MS,
    });
    await connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    await connection.close();
    return check.ok(`${address} answers, namespace ${namespace} is there`);
  } catch (error) {
    return check.error(
      `${address}, namespace ${namespace}: ${(error as Error).message}`,
      'Check TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_TLS and TEMPORAL_API_KEY; unset the address for the embedded server.',
    );
  }
};

export const database: Examination = async ({ config }) => {
  const check = checkOf('database', 'Database');
  const sqliteFile = config.databaseUrl.startsWith('sqlite:') ? config.databaseUrl.slice('sqlite:'.length) : undefined;
  if (sqliteFile && !existsSync(sqliteFile)) return check.ok(`${sqliteFile} is made at the first start`);
  const source = sqliteFile
    ? new DataSource({ type: 'sqlite', database: sqliteFile, flags: 1, busyTimeout: ANSWER_WITHIN_MS })
    : new DataSource({ type: 'postgres', url: config.databaseUrl, connectTimeoutMS: ANSWER_WITHIN_MS });
  const place = sqliteFile ?? withoutPassword(config.databaseUrl);
  try {
    await source.initialize();
    const applied = await migrationsIn(source);
    return check.ok(`${place}: ${applied === 0 ? 'empty, tables are made at start' : `${applied} migrations applied`}`);
  } catch (error) {
    return check.error(
      `${place}: ${(error as Error).message}`,
      sqliteFile
        ? 'Restore the file from a backup or move it away; DATABASE_URL names it.'
        : 'Check DATABASE_URL and that the server runs and lets this user in.',
    );
  } finally {
    if (source.isInitialized) await source.destroy();
  }
};

export const modelEndpoint: Examination = async ({ config }) => {
  const check = checkOf('model_endpoint', 'Model endpoint');
  const names = listAgents(createAgents()).map(({ name }) => name);
  const [misnamed] = misnamedAgents(config.models, names);
  if (misnamed) {
    const reason = `AGENT_MODELS: no agent is called ${misnamed}; there are ${names.join(', ')}`;
    return check.error(reason, 'Correct AGENT_MODELS.');
  }
  const [endpoint] = configuredEndpoints(config.models);
  const url = endpoint?.baseUrl?.replace(/\/+$/, '') ?? OPENAI_URL;
  if (!endpoint) return check.ok('none configured: the agents use their templates, which need none');
  const shown = withoutPassword(url);
  try {
    const answer = await fetch(`${url}/models`, {
      headers: { authorization: `Bearer ${endpoint.apiKey}` },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return answer.ok
      ? check.ok(`${shown} answers (--models tries what it can do)`)
      : refused(`answers ${answer.status}`);
  } catch (error) {
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
    return refused(`does not answer (${cause?.code ?? (error as Error).name})`);
  }

  function refused(how: string): Check {
    return check.warning(
      `${shown} ${how}: the agents fall back on their templates`,
      'Check the key (OPENAI_API_KEY or DEEPSEEK_API_KEY), OPENAI_BASE_URL and the network.',
    );
  }
};

async function migrationsIn(source: DataSource): Promise<number> {
  const runner = source.createQueryRunner();
  try {
    if (!(await runner.hasTable('migrations'))) return 0;
    const [row] = (await runner.query('SELECT COUNT(*) AS count FROM migrations')) as { count: number | string }[];
    return Number(row?.count ?? 0);
  } finally {
    await runner.release();
  }
}

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
