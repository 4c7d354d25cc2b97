import { isNamed, mendMessage, offeredTables, QUERY_SCHEMA, queryMessages, readQuery } from '../agents/query-writer';
import type { Config } from '../config';
import type { SqlTable } from '../contracts/connections';
import type { CheckedAnswer, DraftedQuery, DraftRequest, RefusedAnswer, WrittenAnswer } from '../contracts/drafts';
import { AutomlError, cut } from '../contracts/failure';
import type { TurnMessage } from '../contracts/turns';
import type { Secrets } from '../data/secrets';
import { namesIn, openConnection, type SqlConnection, type SqlSources, type TableOutline } from '../data/sql';
import { configuredEndpoints } from '../endpoints/choice';
import type { ModelClient } from '../endpoints/client';
import type { ModelEndpoint, ModelReply } from '../endpoints/endpoint';
import { classifyModelError } from '../endpoints/failures';
import type { DatasetStore } from '../entities';
import { connectionGone } from './errors';
import { whileAlive } from './liveness';
import { costOf } from './model-budget';

/** One call of a model; less than the activity's own time, so that the failure says whose fault it was. */
const CALL_SECONDS = 40;
/** Who asks that nobody comes back before that is not asked again: somebody waits. */
const LONGEST_PAUSE_SECONDS = 10;
/** An answer beyond this is no query. */
const LONGEST_ANSWER = 30_000;
/** What a model can do better; a database that does not answer is none of them. */
const MENDABLE: ReadonlySet<string> = new Set([
  ...['query_invalid', 'query_not_read_only', 'several_statements', 'outside_of_file', 'permission_denied'],
]);
/** Their own hints are about the templates of jobs. */
const PASSING: ReadonlySet<string> = new Set([
  ...['model_unavailable', 'model_rate_limited', 'model_timed_out', 'model_answer_too_large'],
]);

export interface DraftDependencies {
  config: Pick<Config, 'models'>;
  datasets: Pick<DatasetStore, 'connection'>;
  secrets: Secrets;
  sources: Pick<SqlSources, 'outline' | 'check'>;
  models: Pick<ModelClient, 'ask'>;
}

/** The steps from words to a query. Both only read, and each one's result in history is the record of what it did. */
export interface DraftActivities {
  /** Asks a model once; its answer is recorded before anything is made of it, so that none is paid for twice. */
  writeQuery(request: DraftRequest, refused: RefusedAnswer | null): Promise<WrittenAnswer>;
  /** Whether the answer holds one read-only statement that the database would run; it is not run. */
  checkQuery(connectionId: string, answer: WrittenAnswer): Promise<CheckedAnswer>;
}

export function createDraftActivities(deps: DraftDependencies): DraftActivities {
  return {
    writeQuery: (request, refused) => whileAlive((signal) => writeQuery(deps, { request, refused }, signal)),
    checkQuery: (connectionId, answer) => whileAlive((signal) => checkQuery(deps, { connectionId, answer }, signal)),
  };
}

async function writeQuery(
  deps: DraftDependencies,
  { request, refused }: { request: DraftRequest; refused: RefusedAnswer | null },
  signal: AbortSignal,
): Promise<WrittenAnswer> {
  const [endpoint] = configuredEndpoints(deps.config.models);
  if (!endpoint) throw notConfigured();
  const connection = await connectionOf(deps, request.connection_id);
  const { words, table } = request;
  const catalogue = await deps.sources.outline(connection, signal);
  if (catalogue.length === 0) throw noTables();
  if (table && !catalogue.some((outline) => isNamed(outline, table))) throw noSuchTable(table);
  const pages = offeredTables(request, catalogue);
  const messages = queryMessages({ type: connection.type, words, table, pages });
  if (refused) messages.push(refused.answer.message, mendMessage(refused.problem));
  return answerOf(await ask(deps, { endpoint, messages }, signal), { deps, model: endpoint.model });
}

async function ask(
  { models, config }: DraftDependencies,
  { endpoint, messages }: { endpoint: ModelEndpoint; messages: TurnMessage[] },
  signal: AbortSignal,
): Promise<ModelReply> {
  const { maxOutputTokens } = config.models;
  const deadline = AbortSignal.timeout(CALL_SECONDS * 1000);
  try {
    const request = { messages, schema: QUERY_SCHEMA, tools: [], maxOutputTokens };
    return await models.ask(endpoint, request, AbortSignal.any([signal, deadline]));
  } catch (error) {
    signal.throwIfAborted();
    throw forSomebodyWaiting(classifyModelError(error, [endpoint.apiKey]));
  }
}

/** Tried again only where that may help in time; a call that took too long has perhaps been paid for. */
function forSomebodyWaiting({ failure, retryable, retryAfterSeconds }: AutomlError): AutomlError {
  const isSoon = failure.code !== 'model_timed_out' && (retryAfterSeconds ?? 0) <= LONGEST_PAUSE_SECONDS;
  const hint = 'Try again in a while, or write the query yourself.';
  const told = PASSING.has(failure.code) ? { ...failure, hint } : failure;
  return new AutomlError(told, { retryable: retryable && isSoon, retryAfterSeconds });
}

/** Only what is said: fields that an endpoint adds do not belong into history. */
function answerOf(reply: ModelReply, { deps, model }: { deps: DraftDependencies; model: string }): WrittenAnswer {
  const { content, refusal } = reply.message;
  const text = content ?? '';
  return {
    message: {
      role: 'assistant',
      content: cut(text, LONGEST_ANSWER),
      ...(refusal ? { refusal: cut(refusal, LONGEST_ANSWER) } : {}),
    },
    finish: text.length > LONGEST_ANSWER ? 'length' : reply.finish,
    model,
    prompt_tokens: reply.inputTokens,
    completion_tokens: reply.outputTokens,
    cost_usd: costOf(deps.config.models.prices[model], reply.inputTokens, reply.outputTokens),
  };
}

async function checkQuery(
  deps: DraftDependencies,
  { connectionId, answer }: { connectionId: string; answer: WrittenAnswer },
  signal: AbortSignal,
): Promise<CheckedAnswer> {
  const reading = readQuery(answer);
  if ('problem' in reading) return { problem: reading.problem };
  if ('unable' in reading) throw notDrafted(reading.unable);
  const connection = await connectionOf(deps, connectionId);
  try {
    const query = await deps.sources.check(connection, reading.query, signal);
    const tables_used = usedIn(query, connection.type, await deps.sources.outline(connection, signal));
    return { query, explanation: reading.explanation, tables_used };
  } catch (error) {
    if (!(error instanceof AutomlError) || !MENDABLE.has(error.failure.code)) throw error;
    return { problem: error.failure.message };
  }
}

/** Of tables of one name in several schemas those whose schema is named too; all, where none is. */
function usedIn(
  query: string,
  type: SqlConnection['type'],
  catalogue: readonly TableOutline[],
): DraftedQuery['tables_used'] {
  const names = namesIn(query, type);
  const named = catalogue.filter(({ name }) => names.has(name.toLowerCase()));
  const isQualified = ({ schema }: TableOutline) => schema !== null && names.has(schema.toLowerCase());
  return named
    .filter((table) => isQualified(table) || !named.some((other) => other.name === table.name && isQualified(other)))
    .map(({ schema, name }) => ({ schema, name }));
}

/** @throws {AutomlError} `connection_gone` */
async function connectionOf({ datasets, secrets }: DraftDependencies, id: string): Promise<SqlConnection> {
  const stored = await datasets.connection(id);
  if (!stored) throw connectionGone();
  return await openConnection(stored, secrets);
}

function notConfigured(): AutomlError {
  return new AutomlError({
    category: 'system',
    code: 'model_not_configured',
    message: 'No model is configured that could write the query.',
    hint: 'Set OPENAI_API_KEY, OPENAI_BASE_URL or DEEPSEEK_API_KEY and start again, or write the query yourself.',
  });
}

function noTables(): AutomlError {
  const hint = "Check the connection's database, and that its user may read the tables.";
  return new AutomlError({ category: 'data', code: 'no_tables', message: 'There is no table to read from.', hint });
}

function noSuchTable({ schema, name }: SqlTable): AutomlError {
  const message = `There is no table "${cut(schema ? `${schema}.${name}` : name, 200)}" that may be read.`;
  const hint = 'Check its name against GET /connections/{id}/tables.';
  return new AutomlError({ category: 'data', code: 'table_not_found', message, hint });
}

function notDrafted(why: string): AutomlError {
  const hint = 'Say it in other words, name tables or columns, or write the query yourself.';
  return new AutomlError({ category: 'data', code: 'query_not_drafted', message: why, hint });
}
