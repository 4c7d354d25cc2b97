import { APIError } from 'openai';
import type { AnswerMode } from './endpoint';

/** What an endpoint turned out to understand. */
export interface Capabilities {
  mode: AnswerMode;
  tools: boolean;
  /** Newer models know only the second name of the same limit. */
  tokenLimit: 'max_tokens' | 'max_completion_tokens';
  /** `stream`: whole answers are refused, or took too long; `whole_only`: streams are refused. */
  delivery: 'whole' | 'stream' | 'whole_only';
  /** Whether a stream may be asked to tell its tokens. */
  streamUsage: boolean;
}

export const EVERYTHING: Capabilities = {
  mode: 'json_schema',
  tools: true,
  tokenLimit: 'max_tokens',
  delivery: 'whole',
  streamUsage: true,
};

const NEXT_MODE: Record<AnswerMode, AnswerMode | null> = {
  json_schema: 'json_object',
  json_object: 'text',
  text: null,
};

/**
 * What to try after a request was refused: one thing less. The words of the refusal say which; where they say nothing,
 * the ladder is climbed down. @returns undefined where the refusal is about something else.
 */
export function afterRefusal(error: unknown, used: Capabilities & { withTools: boolean }): Capabilities | undefined {
  if (!(error instanceof APIError) || (error.status !== 400 && error.status !== 422)) return undefined;
  const { withTools, ...capabilities } = used;
  const words = `${error.message} ${error.param ?? ''}`.toLowerCase();
  if (/max_tokens|max_completion_tokens/.test(words)) {
    return used.tokenLimit === 'max_tokens' ? { ...capabilities, tokenLimit: 'max_completion_tokens' } : undefined;
  }
  if (/\bstream/.test(words)) return otherDelivery(capabilities, words);
  const mode = NEXT_MODE[used.mode];
  if (withTools && /\btools?\b|function.?call/.test(words)) return { ...capabilities, tools: false };
  if (/context.?length|too many tokens|model .*not (exist|found)/.test(words)) return undefined;
  if (mode) return { ...capabilities, mode };
  return withTools ? { ...capabilities, tools: false } : undefined;
}

/** Each way is left once and never come back to, so that two refusals do not chase each other. */
function otherDelivery(used: Capabilities, words: string): Capabilities | undefined {
  const { delivery, streamUsage } = used;
  if (delivery === 'stream' && streamUsage && /stream_options|include_usage/.test(words)) {
    return { ...used, streamUsage: false };
  }
  if (delivery === 'whole') return { ...used, delivery: 'stream' };
  return delivery === 'stream' ? { ...used, delivery: 'whole_only' } : undefined;
}

/** After a whole answer took too long: a stream may take longer, as long as something comes. */
export function afterTimeout(used: Capabilities): Capabilities {
  return used.delivery === 'whole' ? { ...used, delivery: 'stream' } : used;
}
