import { APIConnectionError, APIError } from 'openai';
import { NO_MODELS } from '../../test/support/agent-steps';
import { ModelEndpoint } from '../../test/support/model-endpoint';
import { loadConfig } from '../config';
import { afterRefusal, EVERYTHING } from './capabilities';
import { endpointOf, misnamedAgents } from './choice';
import { ModelClient } from './client';
import { classifyModelError } from './failures';
import { AnswerTooLarge } from './limited-fetch';
import { probeEndpoint } from './probe';
import { assembled } from './stream';

const refused = (status: number, message = 'no', headers: Record<string, string> = {}) =>
  APIError.generate(status, { error: { message } }, undefined, new Headers(headers));

test.each([
  ['401', refused(401), 'model_key_refused', false],
  ['403', refused(403), 'model_key_refused', false],
  ['402', refused(402), 'model_quota_used_up', false],
  ['404', refused(404), 'model_request_refused', false],
  ['400', refused(400), 'model_request_refused', false],
  ['408', refused(408), 'model_unavailable', true],
  ['429', refused(429), 'model_rate_limited', true],
  ['500', refused(500), 'model_unavailable', true],
  ['503', refused(503), 'model_unavailable', true],
  ['no connection', new APIConnectionError({ cause: new Error('ECONNREFUSED') }), 'model_unavailable', true],
  ['too large', new APIConnectionError({ cause: new AnswerTooLarge() }), 'model_answer_too_large', false],
  ['time-out', new DOMException('too slow', 'TimeoutError'), 'model_timed_out', true],
  ['no JSON', new SyntaxError('Unexpected token'), 'model_answer_broken', true],
])('%s', (_name, error, code, retryable) => {
  const classified = classifyModelError(error, []);
  expect(classified).toMatchObject({ retryable, failure: { category: 'system', code } });
});

test.each([
  ['a number', '7', 7],
  ['a fraction', '0.5', 0.5],
  ['a date', new Date(Date.now() + 60_000).toUTCString(), expect.closeTo(60, -1)],
  ['more than is reasonable', '86400', 600],
  ['nonsense', 'soon', undefined],
])('Retry-After as %s', (_name, header, seconds) => {
  expect(classifyModelError(refused(429, 'slow', { 'retry-after': header }), []).retryAfterSeconds).toEqual(seconds);
});

test.each([
  ['the key itself', 'Incorrect API key provided: my-very-secret-key.'],
  ['most of a key', 'Incorrect API key provided: sk-proj-****abcd.'],
  ['a header', 'Authorization: Bearer eyJhbGciOi.xyz'],
])('no failure repeats %s', (_name, message) => {
  const { failure } = classifyModelError(refused(401, message), ['my-very-secret-key']);
  expect(failure.message).toContain('[key]');
  expect(failure.message).not.toMatch(/secret|abcd|eyJ/);
});

const used = { ...EVERYTHING, withTools: true };
test.each([
  ['response_format', 400, "response_format of type 'json_schema' is not supported", { mode: 'json_object' }],
  ['tools', 400, 'this model does not support tools', { tools: false, mode: 'json_schema' }],
  [
    'the limit',
    400,
    "'max_tokens' is not supported, use 'max_completion_tokens'",
    { tokenLimit: 'max_completion_tokens' },
  ],
  ['whole answers', 400, 'This model only supports stream mode', { delivery: 'stream', mode: 'json_schema' }],
  ['nobody knows what', 422, 'unprocessable', { mode: 'json_object' }],
])('a refusal of %s is asked around', (_name, status, message, less) => {
  expect(afterRefusal(refused(status, message), used)).toMatchObject(less);
});

test.each([
  ['a prompt that is too long', refused(400, "This model's maximum context length is 8192")],
  ['a wrong key', refused(401)],
  ['a failure', refused(500)],
  ['the last rung', refused(400)],
])('%s is not', (name, error) => {
  const last = { ...EVERYTHING, mode: 'text' as const, tools: false, withTools: false };
  expect(afterRefusal(error, name === 'the last rung' ? last : used)).toBeUndefined();
});

const models = (environment: Record<string, string>) => loadConfig({ ...NO_MODELS, ...environment }).models;
test.each([
  ['nothing set', {}, undefined],
  ['a key', { OPENAI_API_KEY: 'k' }, { name: 'openai', model: 'gpt-4o-mini', apiKey: 'k' }],
  [
    'a local server',
    { OPENAI_BASE_URL: 'http://127.0.0.1:1/v1', OPENAI_MODEL: 'llama3.1:8b' },
    { model: 'llama3.1:8b', apiKey: 'none' },
  ],
  ['both keys', { OPENAI_API_KEY: 'k', DEEPSEEK_API_KEY: 'd' }, { name: 'openai' }],
  ['DeepSeek alone', { DEEPSEEK_API_KEY: 'd' }, { name: 'deepseek', model: 'deepseek-chat' }],
  [
    'a choice for one agent',
    { OPENAI_API_KEY: 'k', DEEPSEEK_API_KEY: 'd', AGENT_MODELS: 'Analyst=openai, ModelBuilder=deepseek:r1:7b' },
    { name: 'deepseek', model: 'r1:7b', apiKey: 'd' },
  ],
  ['a template for one agent', { OPENAI_API_KEY: 'k', AGENT_MODELS: 'ModelBuilder=template' }, undefined],
  ['an endpoint without a key', { OPENAI_API_KEY: 'k', AGENT_MODELS: 'ModelBuilder=deepseek' }, undefined],
])('who answers with %s', (_name, environment, expected) => {
  const endpoint = endpointOf(models(environment as Record<string, string>), 'ModelBuilder');
  if (expected) expect(endpoint).toMatchObject(expected);
  else expect(endpoint).toBeUndefined();
});

test.each([
  ['AGENT_MODELS', 'the builder=openai', /called like/],
  ['AGENT_MODELS', 'Analyst=mistral', /say openai/],
  ['MODEL_PRICES', 'gpt=cheap', /US dollars/],
])('%s=%s is refused', (variable, value, words) => {
  expect(() => models({ [variable]: value })).toThrow(words);
});

test('what an endpoint refuses once it is not asked for again', async () => {
  const endpoint = await ModelEndpoint.start((call) =>
    call.body.response_format?.type === 'json_schema'
      ? { status: 400, error: 'json_schema is not supported' }
      : { say: { ok: true } },
  );
  const client = new ModelClient(5);
  const at = { name: 'openai', baseUrl: endpoint.url, apiKey: 'k', model: 'm' };
  const request = {
    messages: [{ role: 'system' as const, content: 'Hello' }],
    ...{ schema: { name: 'x', json: { type: 'object' } }, tools: [], maxOutputTokens: 300 },
  };
  const { signal } = new AbortController();
  expect((await client.ask(at, request, signal)).mode).toBe('json_object');
  expect((await client.ask(at, request, signal)).mode).toBe('json_object');
  expect(endpoint.calls).toHaveLength(3);
  // Without the schema in the request it must be in the prompt, with the word that the endpoint wants to see.
  expect(endpoint.calls[2]!.body.messages[0]!.content).toMatch(/JSON schema/);
  await endpoint.stop();
});

test('a probe says what works', async () => {
  const endpoint = await ModelEndpoint.start(({ body }) => {
    if (body.response_format?.type === 'json_schema') return { status: 400, error: 'json_schema is not supported' };
    if (body.tools) return { call: [{ name: 'look_up', arguments: { city: 'Paris' } }] };
    return { say: { city: 'Paris' }, usage: null };
  });
  const at = { name: 'openai', baseUrl: endpoint.url, apiKey: 'k', model: 'm' };
  const probes = await probeEndpoint(new ModelClient(5), at);
  expect(Object.fromEntries(probes.map(({ capability, works }) => [capability, works]))).toEqual({
    ...{ answers: true, streams: true, json_schema: false, json_object: true, tools: true, usage: false },
  });
  await endpoint.stop();
  const [none] = await probeEndpoint(new ModelClient(5), at);
  expect(none).toMatchObject({ capability: 'answers', works: false });
});

const STREAMED = { messages: [], schema: { name: 'x', json: {} }, tools: [], maxOutputTokens: 300 };

test('an endpoint that only streams is probed in streams, and says so', async () => {
  const endpoint = await ModelEndpoint.start(({ body }) => {
    if (!body.stream) return { status: 400, error: 'stream must be true' };
    if (body.stream_options) return { status: 400, error: "unknown field 'stream_options'" };
    if (body.tools) return { call: [{ name: 'look_up', arguments: { city: 'Paris' } }] };
    return { say: { city: 'Paris' } };
  });
  const probes = await probeEndpoint(new ModelClient(5), { name: 'o', baseUrl: endpoint.url, apiKey: 'k', model: 'm' });
  expect(Object.fromEntries(probes.map(({ capability, works }) => [capability, works]))).toEqual({
    ...{ answers: true, streams: true, json_schema: true, json_object: true, tools: true, usage: false },
  });
  expect(probes[0]!.detail).toMatch(/in a stream only/);
  await endpoint.stop();
});

test('a stream that goes on and on is bounded in all', async () => {
  const endpoint = await ModelEndpoint.start(({ body }) =>
    body.stream ? { drip: 'x'.repeat(10_000), everyMs: 20 } : { status: 400, error: 'stream must be true' },
  );
  const at = { name: 'o', baseUrl: endpoint.url, apiKey: 'k', model: 'm' };
  const asked = new ModelClient(0.2).ask(at, STREAMED, new AbortController().signal);
  await expect(asked).rejects.toMatchObject({ retryable: true, failure: { code: 'model_timed_out' } });
  await endpoint.stop();
});

async function* chunks(...given: unknown[]) {
  yield* given;
}
const said = (delta: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason }],
});
const called = (...pieces: object[]) => said({ tool_calls: pieces });

test.each<[string, unknown[], object]>([
  ['a text', [said({ content: 'a' }), said({ content: 'b' }, 'stop')], { content: 'ab' }],
  [
    'thoughts of any name, kept apart',
    [said({ reasoning_content: 'h' }), said({ reasoning_content: 'm' }), said({ content: 'a' }, 'stop')],
    { content: 'a', reasoning_content: 'hm' },
  ],
  [
    'two calls in turns',
    [
      called({ index: 0, id: 'a', function: { name: 'f', arguments: '{"x"' } }),
      called({ index: 1, id: 'b', function: { name: 'g', arguments: '{' } }),
      called({ index: 0, function: { arguments: ':1}' } }, { index: 1, function: { arguments: '}' } }),
      said({}, 'tool_calls'),
    ],
    {
      content: null,
      tool_calls: [
        { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
        { id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } },
      ],
    },
  ],
  [
    'calls without an index, named in every piece',
    [
      called({ id: 'a', function: { name: 'f', arguments: '{' } }),
      called({ function: { name: 'f', arguments: '}' } }),
      called({ id: 'b', function: { name: 'g', arguments: { x: 1 } } }),
      said({}, 'tool_calls'),
    ],
    {
      tool_calls: [
        { id: 'a', function: { name: 'f', arguments: '{}' } },
        { id: 'b', function: { name: 'g', arguments: '{"x":1}' } },
      ],
    },
  ],
  [
    'another choice, and nothing',
    [null, { choices: [] }, { choices: [{ index: 1, delta: { content: 'no' } }] }, said({ content: 'a' }, 'stop')],
    { content: 'a' },
  ],
  [
    'a name that means harm',
    [JSON.parse('{"choices":[{"delta":{"__proto__":{"polluted":1},"content":"a"},"finish_reason":"stop"}]}')],
    { content: 'a' },
  ],
])('of a stream is made: %s', async (_name, given, message) => {
  const { choices } = await assembled(chunks(...given));
  expect(choices![0]!.message).toMatchObject({ role: 'assistant', ...message });
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('a stream that breaks off is no answer; one that breaks off after its answer is', async () => {
  async function* broken(...given: object[]) {
    yield* given;
    throw new Error('terminated');
  }
  await expect(assembled(chunks(said({ content: 'a' })))).rejects.toThrow(/ended before/);
  await expect(assembled(broken(said({ content: 'a' })))).rejects.toThrow('terminated');
  const { choices, usage } = await assembled(broken(said({ content: 'a' }, 'stop')));
  expect([choices![0]!.message!['content'], usage]).toEqual(['a', null]);
});

test.each([
  ['', []],
  ['Analyst=openai', []],
  ['Analyst=openai, Builder=openai', ['Builder']],
])('of AGENT_MODELS="%s" %j are nobody', (AGENT_MODELS, unknown) => {
  expect(misnamedAgents(models({ AGENT_MODELS }), ['DataProcessor', 'Analyst'])).toEqual(unknown);
});
