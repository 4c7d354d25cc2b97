import OpenAI from 'openai';
import { AutomlError } from '../contracts/failure';
import type { TurnMessage } from '../contracts/turns';
import { EVERYTHING, afterRefusal, afterTimeout, type Capabilities } from './capabilities';
import type { ModelEndpoint, ModelReply, ModelRequest } from './endpoint';
import { classifyModelError } from './failures';
import { limitedFetch, streamingFetch } from './limited-fetch';
import { assembled, type Completion } from './stream';

/** How many times as long as a whole answer a stream may take in all. */
const STREAM_TIMES = 5;

/** What is asked for, and who may call it off. */
interface Way {
  capabilities: Capabilities;
  signal: AbortSignal;
}

/** Asks model endpoints, one request at a time, and remembers what each of them understands. */
export class ModelClient {
  private readonly known = new Map<string, Capabilities>();
  private readonly clients = new Map<string, OpenAI>();

  /** @param timeoutSeconds for one whole call, an answer that drips included; in a stream, for its silence */
  constructor(private readonly timeoutSeconds: number) {}

  /**
   * One answered call. A refusal of a capability (HTTP 400) is no answer: the same is asked again with less.
   * @throws {AutomlError} of category `system`, retryable or not; an abort of `signal` is thrown as it is.
   */
  async ask(endpoint: ModelEndpoint, request: ModelRequest, signal: AbortSignal): Promise<ModelReply> {
    for (;;) {
      const capabilities = this.capabilitiesOf(endpoint);
      try {
        return await this.askOnce(endpoint, request, { capabilities, signal });
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        const withTools = capabilities.tools && request.tools.length > 0;
        const less = afterRefusal(error, { ...capabilities, withTools });
        if (!less) throw this.classified(error, endpoint, capabilities);
        this.known.set(keyOf(endpoint), less);
      }
    }
  }

  /** One request with just these capabilities; nothing is remembered. @throws {AutomlError} */
  async askWith(endpoint: ModelEndpoint, request: ModelRequest, way: Way): Promise<ModelReply> {
    try {
      return await this.askOnce(endpoint, request, way);
    } catch (error) {
      if (way.signal.aborted) throw way.signal.reason;
      throw classifyModelError(error, [endpoint.apiKey]);
    }
  }

  /** What is known so far; everything, until an endpoint has refused something. */
  capabilitiesOf(endpoint: ModelEndpoint): Capabilities {
    return this.known.get(keyOf(endpoint)) ?? EVERYTHING;
  }

  private classified(error: unknown, endpoint: ModelEndpoint, used: Capabilities): AutomlError {
    const classified = classifyModelError(error, [endpoint.apiKey]);
    if (classified.failure.code === 'model_timed_out') this.known.set(keyOf(endpoint), afterTimeout(used));
    return classified;
  }

  private async askOnce(
    endpoint: ModelEndpoint,
    request: ModelRequest,
    { capabilities, signal }: Way,
  ): Promise<ModelReply> {
    const started = performance.now();
    const isStream = capabilities.delivery === 'stream';
    const deadline = AbortSignal.timeout(this.timeoutSeconds * (isStream ? STREAM_TIMES : 1) * 1000);
    const body = bodyOf(endpoint.model, request, capabilities);
    const answer = this.answered(endpoint, { body, isStream }, AbortSignal.any([signal, deadline]));
    const completion = await answer.catch((error: unknown) => {
      // The package hides whose time-out it was.
      throw deadline.aborted ? deadline.reason : error;
    });
    const choice = completion?.choices?.[0];
    if (!choice?.message) throw brokenAnswer();
    return {
      message: choice.message as TurnMessage,
      finish: choice.finish_reason ?? 'stop',
      inputTokens: tokens(completion.usage?.prompt_tokens),
      outputTokens: tokens(completion.usage?.completion_tokens),
      seconds: (performance.now() - started) / 1000,
      mode: capabilities.mode,
    };
  }

  private async answered(
    endpoint: ModelEndpoint,
    { body, isStream }: { body: Body; isStream: boolean },
    signal: AbortSignal,
  ): Promise<Completion> {
    const { completions } = this.clientOf(endpoint, isStream).chat;
    if (!isStream) return (await completions.create(body, { signal })) as unknown as Completion;
    const chunks = await completions.create({ ...body, stream: true }, { signal });
    return await assembled(chunks);
  }

  /** Temporal retries, so the client does not. */
  private clientOf(endpoint: ModelEndpoint, isStream: boolean): OpenAI {
    const key = `${keyOf(endpoint)} ${isStream}`;
    const known = this.clients.get(key);
    if (known) return known;
    const client = new OpenAI({
      apiKey: endpoint.apiKey,
      baseURL: endpoint.baseUrl,
      maxRetries: 0,
      timeout: (this.timeoutSeconds + 5) * 1000,
      fetch: (isStream ? streamingFetch(this.timeoutSeconds) : limitedFetch) as never,
      // Without these the package reads the environment and logs by itself.
      organization: null,
      project: null,
      logLevel: 'off',
    });
    this.clients.set(key, client);
    return client;
  }
}

type Body = OpenAI.Chat.Completions.ChatCompletionCreateParamsNonStreaming;

function bodyOf(model: string, request: ModelRequest, capabilities: Capabilities): Body {
  const { mode, tools, tokenLimit, delivery, streamUsage } = capabilities;
  const { schema, messages } = request;
  const formats = {
    json_schema: { type: 'json_schema', json_schema: { name: schema.name, strict: true, schema: schema.json } },
    json_object: { type: 'json_object' },
    text: undefined,
  } as const;
  const offered = tools && request.tools.length > 0;
  return {
    model,
    messages: (mode === 'json_schema' ? messages : withSchema(messages, schema.json)) as never,
    ...(formats[mode] ? { response_format: formats[mode] } : {}),
    ...(offered ? { tools: request.tools.map((tool) => ({ type: 'function', function: tool }) as const) } : {}),
    [tokenLimit]: request.maxOutputTokens,
    ...(delivery === 'stream' && streamUsage ? { stream_options: { include_usage: true } } : {}),
  };
}

/** Where the endpoint does not hold the model to the schema, the prompt must (the word JSON is part of the deal). */
function withSchema(messages: TurnMessage[], schema: Record<string, unknown>): TurnMessage[] {
  const rule = `Answer with one JSON object and nothing else. Its JSON schema:\n\n${JSON.stringify(schema)}`;
  return messages.map((message, index) =>
    index === 0 ? { ...message, content: `${message.content ?? ''}\n\n${rule}` } : message,
  );
}

function keyOf({ name, baseUrl, model }: ModelEndpoint): string {
  return `${name} ${baseUrl ?? ''} ${model}`;
}

function tokens(count: unknown): number | null {
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 ? count : null;
}

function brokenAnswer(): AutomlError {
  return new AutomlError(
    {
      category: 'system',
      code: 'model_answer_broken',
      message: 'The model endpoint answered with something that is no chat completion.',
      hint: 'Is it an OpenAI-compatible endpoint? automl doctor --models shows what works.',
    },
    { retryable: true },
  );
}
