import { AutomlError } from '../contracts/failure';
import { EVERYTHING, type Capabilities } from './capabilities';
import type { ModelClient } from './client';
import type { ModelEndpoint, ModelReply } from './endpoint';

/** What was tried at an endpoint, and what came of it. */
export interface Probe {
  capability: 'answers' | 'streams' | 'json_schema' | 'json_object' | 'tools' | 'usage';
  works: boolean;
  detail: string;
}

const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const QUESTION = [
  { role: 'system' as const, content: 'You answer with a JSON object.' },
  { role: 'user' as const, content: 'Which city is the capital of France? Answer as {"city": "…"}.' },
];
const LOOK_UP = { name: 'look_up', description: 'Looks a capital up. Always call this first.', parameters: SCHEMA };
const OUTPUT_TOKENS = 512;

/** Tries each capability on its own, with a tiny request each; never throws for what it finds. */
export async function probeEndpoint(client: ModelClient, endpoint: ModelEndpoint): Promise<Probe[]> {
  const ask = (less: Partial<Capabilities>, tools: boolean) => tried(client, endpoint, { less, tools });
  const plain = { mode: 'text', tools: false } as const;
  const [whole, streamed] = [await ask(plain, false), await ask({ ...plain, delivery: 'stream' }, false)];
  const text = whole instanceof AutomlError ? streamed : whole;
  if (text instanceof AutomlError) {
    return [{ capability: 'answers', works: false, detail: (whole as AutomlError).message }];
  }
  const delivery = text === whole ? 'whole' : 'stream';
  const [schema, object, tools] = [
    await ask({ mode: 'json_schema', tools: false, delivery }, false),
    await ask({ mode: 'json_object', tools: false, delivery }, false),
    await ask({ mode: 'text', tools: true, delivery }, true),
  ];
  const usage = text.inputTokens !== null && text.outputTokens !== null;
  return [
    {
      capability: 'answers',
      works: true,
      detail: `in ${text.seconds.toFixed(1)} s${text === whole ? '' : ', in a stream only'}`,
    },
    { capability: 'streams', ...streamOf(streamed) },
    { capability: 'json_schema', ...jsonOf(schema) },
    { capability: 'json_object', ...jsonOf(object) },
    { capability: 'tools', ...toolOf(tools) },
    { capability: 'usage', works: usage, detail: usage ? 'tokens are told' : 'tokens are not told: they stay unknown' },
  ];
}

async function tried(
  client: ModelClient,
  endpoint: ModelEndpoint,
  { less, tools }: { less: Partial<Capabilities>; tools: boolean },
): Promise<ModelReply | AutomlError> {
  const schema = { name: 'capital', json: SCHEMA };
  const request = { messages: QUESTION, schema, tools: tools ? [LOOK_UP] : [], maxOutputTokens: OUTPUT_TOKENS };
  const { signal } = new AbortController();
  for (let capabilities: Capabilities | undefined = { ...EVERYTHING, ...less }; ;) {
    try {
      return await client.askWith(endpoint, request, { capabilities, signal });
    } catch (error) {
      if (!(error instanceof AutomlError)) throw error;
      const other = withoutDetail(capabilities, error.message);
      if (!other) return error;
      capabilities = other;
    }
  }
}

/** What is asked for stays; only how it is asked for gives way, once each. */
function withoutDetail(used: Capabilities, words: string): Capabilities | undefined {
  if (used.tokenLimit === 'max_tokens' && words.includes('max_completion_tokens')) {
    return { ...used, tokenLimit: 'max_completion_tokens' };
  }
  const refusesUsage = used.delivery === 'stream' && /stream_options|include_usage/.test(words);
  return refusesUsage && used.streamUsage ? { ...used, streamUsage: false } : undefined;
}

function streamOf(reply: ModelReply | AutomlError): { works: boolean; detail: string } {
  if (reply instanceof AutomlError) return { works: false, detail: reply.message };
  return {
    works: true,
    detail: `in ${reply.seconds.toFixed(1)} s, tokens ${reply.outputTokens === null ? 'unknown' : 'told'}`,
  };
}

function jsonOf(reply: ModelReply | AutomlError): { works: boolean; detail: string } {
  if (reply instanceof AutomlError) return { works: false, detail: reply.message };
  try {
    const { city } = JSON.parse(reply.message.content ?? '') as { city?: unknown };
    const works = typeof city === 'string';
    return { works, detail: works ? 'an object that fits the schema' : 'JSON, but not what the schema says' };
  } catch {
    return { works: false, detail: 'no plain JSON' };
  }
}

function toolOf(reply: ModelReply | AutomlError): { works: boolean; detail: string } {
  if (reply instanceof AutomlError) return { works: false, detail: reply.message };
  const called = reply.message.tool_calls?.[0]?.function.name === LOOK_UP.name;
  return { works: called, detail: called ? 'it calls them' : 'it takes them and did not call one' };
}
