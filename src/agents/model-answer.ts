import { jsonrepair } from 'jsonrepair';
import { z } from 'zod';
import type { TurnMessage } from '../contracts/turns';

/** What a recorded turn's answer amounts to. */
export type Reading<Answer> =
  | { kind: 'tools'; calls: NonNullable<TurnMessage['tool_calls']> }
  | { kind: 'answer'; value: Answer }
  | { kind: 'refused'; words: string }
  | { kind: 'invalid'; problems: string[] };

const MOST_PROBLEMS = 10;

/** Reads one answer of a model; the same record always reads the same. */
export function readAnswer<Answer>(message: TurnMessage, finish: string, schema: z.ZodType<Answer>): Reading<Answer> {
  if (message.refusal) return { kind: 'refused', words: message.refusal };
  if (finish === 'content_filter') return { kind: 'refused', words: 'The endpoint filtered the answer.' };
  if (message.tool_calls && message.tool_calls.length > 0) return { kind: 'tools', calls: message.tool_calls };
  const text = withoutThoughts(message.content ?? '').trim();
  if (!text) return invalid('The answer was empty.');
  // A mended half could be valid by accident and mean something else.
  if (finish === 'length') return invalid('The answer was cut off at the limit of its length. Answer more briefly.');
  const found = candidates(text).flatMap((candidate) => parseLeniently(candidate));
  if (found.length === 0) return invalid('The answer held no JSON object.');
  const results = found.map((value) => schema.safeParse(value));
  const good = results.find((result) => result.success);
  if (good) return { kind: 'answer', value: good.data as Answer };
  return { kind: 'invalid', problems: issuesOf(results[0]!.error!) };
}

/** A JSON schema that strict endpoints take: every field required, no keyword that some of them refuse. */
export function strictSchema(schema: z.ZodType): Record<string, unknown> {
  return strict(z.toJSONSchema(schema)) as Record<string, unknown>;
}

const REFUSED_KEYWORDS: ReadonlySet<string> = new Set([
  ...['$schema', 'default', 'minLength', 'maxLength', 'minimum', 'maximum', 'exclusiveMinimum'],
]);

function strict(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(strict);
  if (node === null || typeof node !== 'object') return node;
  const kept = Object.entries(node).filter(([keyword]) => !REFUSED_KEYWORDS.has(keyword));
  return Object.fromEntries(kept.map(([keyword, value]) => strictKeyword(keyword, value)));
}

function strictKeyword(keyword: string, value: unknown): [string, unknown] {
  // Names of fields are no keywords.
  if (keyword === 'properties') {
    const fields = Object.entries(value as object).map(([name, field]) => [name, strict(field)]);
    return [keyword, Object.fromEntries(fields)];
  }
  // Strict endpoints know only `anyOf` of the two.
  return [keyword === 'oneOf' ? 'anyOf' : keyword, strict(value)];
}

/** Reasoning models behind plain endpoints think aloud in front of the answer. */
function withoutThoughts(text: string): string {
  return text.replace(/^\s*<think>[\s\S]*?<\/think>/, '');
}

/** Where the JSON may be: the whole text, a fenced block, what lies between the outer braces. */
function candidates(text: string): string[] {
  const fenced = /```(?:json)?\s*([\s\S]*?)```/.exec(text)?.[1];
  const [first, last] = [text.indexOf('{'), text.lastIndexOf('}')];
  const braced = first >= 0 ? text.slice(first, last > first ? last + 1 : undefined) : undefined;
  return [text.startsWith('{') ? text : undefined, fenced, braced].filter((part) => part !== undefined);
}

function parseLeniently(text: string): object[] {
  for (const read of [JSON.parse, (broken: string) => JSON.parse(jsonrepair(broken)) as unknown]) {
    try {
      const value: unknown = read(text);
      if (value !== null && typeof value === 'object' && !Array.isArray(value)) return [value];
    } catch {
      // The next reader is more lenient; the last one's failure means that there is no JSON here.
    }
  }
  return [];
}

function invalid(problem: string): { kind: 'invalid'; problems: string[] } {
  return { kind: 'invalid', problems: [problem] };
}

function issuesOf(error: z.ZodError): string[] {
  return error.issues
    .slice(0, MOST_PROBLEMS)
    .map(({ path, message }) => `${path.join('.') || 'the object'}: ${message}`);
}
