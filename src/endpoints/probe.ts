import { AutomlError } from '../contracts/failure';
import { EVERYTHING, type Capabilities } from './capabilities';
import type { ModelClient } from './client';
import type { ModelEndpoint, ModelReply } from './endpoint';

/** What was tried at an endpoint, and what came of it. */
export interface Probe {
  capability: 'answers' | 'json_schema' | 'json_object' | 'tools' | 'usage';
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
  const text = await ask({ mode: 'text', tools: false }, false);
  if (text instanceof AutomlError) return [{ capability: 'answers', works: false, detail: text.message }];
  const [schema, object, tools] = [
    await ask({ mode: 'json_schema', tools: false }, false),
    await ask({ mode: 'json_object', tools: false }, false),
    await ask({ mode: 'text', tools: true }, true),
  ];
  const usage = text.inputTokens !== null && text.outputTokens !== null;
  return [
    { capability: 'answers', works: true, detail: `in ${text.seconds.toFixed(1)} s` },
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
  const way = (tokenLimit: Capabilities['tokenLimit']) => ({
    capabilities: { ...EVERYTHING, ...less, tokenLimit },
    signal,
  });
  return await client.askWith(endpoint, request, way('max_tokens')).catch(async (error: AutomlError) => {
    if (!error.message.includes('max_completion_tokens')) return error;
    return await client.askWith(endpoint, request, way('max_completion_tokens')).catch((again: AutomlError) => again);
  });
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
