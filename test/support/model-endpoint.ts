import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a client asked, as the endpoint received it. */
export interface ModelCall {
  agent: string;
  body: ModelRequestBody;
  authorization: string | undefined;
  at: number;
  /** Whether the whole answer was written; a call cut off by a kill was not answered. */
  answered: boolean;
  /** Whether the connection is gone, answered or not. */
  closed: boolean;
}

export interface ModelRequestBody {
  model: string;
  messages: { role: string; content?: string | null; tool_calls?: unknown[]; [unknown: string]: unknown }[];
  response_format?: { type: string; json_schema?: { name: string; schema: object; strict: boolean } };
  tools?: { function: { name: string } }[];
  stream?: boolean;
  stream_options?: { include_usage?: boolean };
  max_tokens?: number;
  max_completion_tokens?: number;
}

/** One answer: what the model says, or what goes wrong instead. */
export type Reply =
  | { say: string | object; finish?: string; usage?: { prompt_tokens: number; completion_tokens: number } | null }
  | {
      call: { name: string; arguments: string | object }[];
      usage?: { prompt_tokens: number; completion_tokens: number };
    }
  | { refuse: string }
  | { status: number; error?: string; param?: string; headers?: Record<string, string> }
  | { hang: true }
  | { drip: string; everyMs: number }
  | { closeAfter: number }
  | { stallAfter: number; of: string }
  | { raw: string; contentType?: string }
  | { bytes: number };

/** A script: the replies of each agent in turn, or one rule for all. */
export type Script = Reply[] | ((call: ModelCall, number: number) => Reply | Promise<Reply>);

const USAGE = { prompt_tokens: 100, completion_tokens: 20 };

/**
 * A real HTTP server that speaks the chat completions protocol from a script, counts every call and keeps what it was
 * asked. Where its list of replies runs out it answers 418 and `ranOut` says so: a test must look at it.
 */
export class ModelEndpoint {
  readonly calls: ModelCall[] = [];
  ranOut = 0;
  private readonly open = new Set<ServerResponse>();

  private constructor(
    private readonly server: Server,
    private script: Script,
  ) {}

  static async start(script: Script = [], port = 0): Promise<ModelEndpoint> {
    const server = createServer();
    const endpoint = new ModelEndpoint(server, script);
    server.on('request', (request, response) => void endpoint.serve(request, response));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return endpoint;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/v1`;
  }

  /** Another script from now on. */
  play(script: Script): void {
    this.script = script;
  }

  /** Calls of one agent; the schema's name, or the prompt's first words, tell whose they are. */
  callsOf(agent: string): ModelCall[] {
    return this.calls.filter((call) => call.agent === agent);
  }

  /** Connections included that hang. */
  async stop(): Promise<void> {
    for (const response of this.open) response.destroy();
    this.server.closeAllConnections();
    if (!this.server.listening) return;
    this.server.close();
    await once(this.server, 'close');
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.open.add(response);
    response.on('close', () => this.open.delete(response));
    // Whatever else asks at this port is no call.
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
      return send(response, 404, { error: { message: 'There is nothing here.' } });
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as ModelRequestBody;
    const call = {
      agent: agentOf(body),
      body,
      authorization: request.headers.authorization,
      at: Date.now(),
      answered: false,
      closed: false,
    };
    this.calls.push(call);
    response.on('finish', () => (call.answered = true));
    response.on('close', () => (call.closed = true));
    const reply = await this.next(call);
    if (!reply) {
      this.ranOut += 1;
      return send(response, 418, { error: { message: 'The script has no more replies.' } });
    }
    await answer(response, reply, body);
  }

  private async next(call: ModelCall): Promise<Reply | undefined> {
    if (typeof this.script === 'function') return await this.script(call, this.calls.length);
    return this.script.shift();
  }
}

function agentOf({ messages }: ModelRequestBody): string {
  return /^You are (\w+)/.exec(messages[0]?.content ?? '')?.[1] ?? 'nobody';
}

async function answer(response: ServerResponse, reply: Reply, body: ModelRequestBody): Promise<void> {
  const { model } = body;
  if ('status' in reply) {
    const error = { message: reply.error ?? `It answers ${reply.status}.`, param: reply.param ?? null, type: 'error' };
    return send(response, reply.status, { error }, reply.headers);
  }
  if ('hang' in reply) return;
  if (body.stream && !('raw' in reply)) return await answerInStream(response, reply, body);
  if ('raw' in reply) {
    response.writeHead(200, { 'content-type': reply.contentType ?? 'application/json' });
    response.end(reply.raw);
    return;
  }
  if ('bytes' in reply) return send(response, 200, completion(model, { content: 'x'.repeat(reply.bytes) }));
  if ('drip' in reply)
    return await drip(response, JSON.stringify(completion(model, { content: reply.drip })), reply.everyMs);
  if ('closeAfter' in reply) {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100_000 });
    response.write(JSON.stringify(completion(model, { content: 'half of it' })).slice(0, reply.closeAfter));
    setTimeout(() => response.destroy(), 20);
    return;
  }
  if ('stallAfter' in reply) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(JSON.stringify(completion(model, { content: reply.of })).slice(0, reply.stallAfter));
    return;
  }
  send(response, 200, spoken(model, reply));
}

type Spoken = Extract<Reply, { say: unknown } | { call: unknown } | { refuse: unknown }>;
type Streamed = Exclude<Reply, { status: number } | { hang: true } | { raw: string }>;

/** The same answers in the events of a stream; what goes wrong does so between two of them. */
async function answerInStream(response: ServerResponse, reply: Streamed, body: ModelRequestBody): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const write = (event: object) => response.write(`data: ${JSON.stringify(event)}\n\n`);
  const say = (delta: object, finish_reason: string | null = null) =>
    write({ id: 'chatcmpl-scripted', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] });
  say({ role: 'assistant', content: '' });
  if ('closeAfter' in reply) {
    say({ content: '{"half": "of it'.slice(0, reply.closeAfter) });
    setTimeout(() => response.destroy(), 20);
    return;
  }
  if ('stallAfter' in reply) return void say({ content: reply.of.slice(0, reply.stallAfter) });
  if ('bytes' in reply) {
    for (let left = reply.bytes; left > 0 && !response.destroyed; left -= 50_000) say({ content: 'x'.repeat(50_000) });
    say({}, 'stop');
    return void response.end('data: [DONE]\n\n');
  }
  if ('drip' in reply) {
    for (const letter of reply.drip) {
      if (response.destroyed) return;
      say({ content: letter });
      await new Promise((resolve) => setTimeout(resolve, reply.everyMs));
    }
    say({}, 'stop');
    return void response.end('data: [DONE]\n\n');
  }
  const { choices, usage } = spoken(body.model, reply) as {
    choices: [{ finish_reason: string; message: Record<string, unknown> }];
    usage?: object;
  };
  for (const delta of pieces(choices[0].message)) say(delta);
  say({}, choices[0].finish_reason);
  if (usage && body.stream_options?.include_usage) write({ choices: [], usage });
  response.end('data: [DONE]\n\n');
}

/** A message as models stream it: texts in pieces, a call's name first and its arguments after that. */
function pieces({ role: _role, tool_calls, ...texts }: Record<string, unknown>): object[] {
  const parts = (text: string) => text.match(/[\s\S]{1,7}/g) ?? [];
  const calls = (tool_calls ?? []) as { id: string; function: { name: string; arguments: string } }[];
  return [
    ...Object.entries(texts).flatMap(([name, text]) => parts((text as string) ?? '').map((part) => ({ [name]: part }))),
    ...calls.flatMap(({ id, function: { name, arguments: given } }, index) => [
      { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] },
      ...parts(given).map((part) => ({ tool_calls: [{ index, function: { arguments: part } }] })),
    ]),
  ];
}

function spoken(model: string, reply: Spoken): object {
  if ('refuse' in reply) return completion(model, { content: null, refusal: reply.refuse });
  if ('call' in reply) {
    const tool_calls = reply.call.map(({ name, arguments: given }, index) => ({
      id: `call_${Math.random().toString(36).slice(2)}_${index}`,
      type: 'function',
      function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) },
    }));
    return completion(model, { content: null, tool_calls }, { finish: 'tool_calls', usage: reply.usage });
  }
  const content = typeof reply.say === 'string' ? reply.say : JSON.stringify(reply.say);
  return completion(model, { content }, reply);
}

function completion(
  model: string,
  message: object,
  { finish = 'stop', usage = USAGE }: { finish?: string; usage?: object | null | undefined } = {},
): object {
  return {
    id: 'chatcmpl-scripted',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [{ index: 0, finish_reason: finish, message: { role: 'assistant', ...message } }],
    ...(usage ? { usage: { ...usage, total_tokens: 0 } } : {}),
  };
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

async function drip(response: ServerResponse, text: string, everyMs: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  for (const letter of text) {
    if (response.destroyed) return;
    response.write(letter);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  response.end();
}
