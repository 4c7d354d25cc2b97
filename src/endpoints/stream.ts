import { AnswerTooLarge, MAX_ANSWER_BYTES } from './limited-fetch';

/** The parts of a chat completion that are read. */
export interface Completion {
  choices?: { message?: Record<string, unknown>; finish_reason?: string | null }[];
  usage?: { prompt_tokens?: unknown; completion_tokens?: unknown } | null;
}

interface Chunk {
  choices?: {
    index?: number;
    delta?: Record<string, unknown> | null;
    message?: Record<string, unknown>;
    finish_reason?: string | null;
  }[];
  usage?: Completion['usage'];
}

interface CallPiece {
  index?: number;
  id?: string | null;
  function?: { name?: string | null; arguments?: unknown };
}

interface AssembledCall {
  key: number;
  /** Whatever the endpoint says of it besides its function. */
  call: Map<string, unknown>;
  name: string;
  text: string;
}

/**
 * One completion from the pieces of a stream. An answer that is complete stays one, whatever becomes of the connection.
 * @throws whatever the stream throws before its answer is complete, and where it ends before that.
 */
export async function assembled(chunks: AsyncIterable<unknown>): Promise<Completion> {
  const assembly = new Assembly();
  try {
    for await (const chunk of chunks) {
      assembly.add(chunk as Chunk);
      if (assembly.isWhole) break;
    }
  } catch (error) {
    if (!assembly.isFinished || error instanceof AnswerTooLarge) throw error;
  }
  return assembly.completion();
}

class Assembly {
  /** A map, for names are an endpoint's own. */
  private readonly fields = new Map<string, unknown>([['role', 'assistant']]);
  private readonly calls: AssembledCall[] = [];
  private finish: string | undefined;
  private usage: Completion['usage'];
  private size = 0;

  get isFinished(): boolean {
    return this.finish !== undefined;
  }

  /** Nothing more is to come that matters; some servers leave the connection open. */
  get isWhole(): boolean {
    return this.isFinished && this.usage != null;
  }

  add(chunk: Chunk | null): void {
    this.usage = chunk?.usage ?? this.usage;
    const choice = chunk?.choices?.find(({ index = 0 }) => index === 0);
    if (!choice) return;
    // Some servers take the wish for a stream and answer whole.
    for (const [name, value] of Object.entries(choice.delta ?? choice.message ?? {})) this.addField(name, value);
    this.finish = choice.finish_reason ?? this.finish ?? (choice.message ? 'stop' : undefined);
  }

  completion(): Completion {
    if (!this.finish) throw new Error('The stream ended before its answer did.');
    if (this.calls.length > 0) this.fields.set('tool_calls', this.calls.map(whole));
    if (!this.fields.has('content')) this.fields.set('content', null);
    const message = Object.fromEntries(this.fields);
    return { choices: [{ message, finish_reason: this.finish }], usage: this.usage ?? null };
  }

  /** Texts of any name grow, as thoughts do; whatever else there is comes whole. */
  private addField(name: string, value: unknown): void {
    const known = this.fields.get(name);
    if (name === 'tool_calls') return this.addCalls(value);
    if (name === 'role' || value === null || value === undefined) return;
    this.grow(value);
    if (typeof value === 'string' && typeof known === 'string') this.fields.set(name, known + value);
    else if (Array.isArray(value) && Array.isArray(known)) this.fields.set(name, [...(known as unknown[]), ...value]);
    else this.fields.set(name, value);
  }

  private addCalls(pieces: unknown): void {
    for (const piece of Array.isArray(pieces) ? (pieces as CallPiece[]) : []) {
      const { function: given, index: _index, ...rest } = piece;
      const call = this.callOf(piece);
      for (const [name, value] of Object.entries(rest)) if (value) call.call.set(name, value);
      call.name ||= given?.name ?? '';
      const text = given?.arguments ?? '';
      call.text += typeof text === 'string' ? text : JSON.stringify(text);
      this.grow(piece);
    }
  }

  /** By its index; where there is none, a new id begins a call and what has no id goes on with the last one. */
  private callOf({ index, id }: CallPiece) {
    const last = this.calls.at(-1);
    const isNew = !last || (Boolean(id) && last.call.get('id') !== id);
    const key = index ?? (isNew ? (last?.key ?? -1) + 1 : last.key);
    const known = this.calls.find((call) => call.key === key);
    if (known) return known;
    const call = { key, call: new Map<string, unknown>([['type', 'function']]), name: '', text: '' };
    this.calls.push(call);
    return call;
  }

  private grow(value: unknown): void {
    this.size += typeof value === 'string' ? value.length : JSON.stringify(value).length;
    if (this.size > MAX_ANSWER_BYTES) throw new AnswerTooLarge();
  }
}

function whole({ key, call, name, text }: AssembledCall) {
  return { id: `call_${key}`, ...Object.fromEntries(call), function: { name, arguments: text } };
}
