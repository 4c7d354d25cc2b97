import type { TurnMessage } from '../contracts/turns';

/** One model at one OpenAI-compatible endpoint. The key never leaves this folder but in the request itself. */
export interface ModelEndpoint {
  /** `openai`, `deepseek`, … : the part of the configuration it comes from, for people. */
  name: string;
  /** Empty: the `openai` package's own default. */
  baseUrl: string | undefined;
  apiKey: string;
  model: string;
}

export interface ToolSpec {
  name: string;
  description: string;
  /** JSON schema of the arguments. */
  parameters: Record<string, unknown>;
}

export interface ModelRequest {
  messages: TurnMessage[];
  /** What the answer must look like. */
  schema: { name: string; json: Record<string, unknown> };
  tools: ToolSpec[];
  maxOutputTokens: number;
}

/** How an endpoint was asked for JSON, best first. */
export const ANSWER_MODES = ['json_schema', 'json_object', 'text'] as const;
export type AnswerMode = (typeof ANSWER_MODES)[number];

export interface ModelReply {
  message: TurnMessage;
  /** Why the endpoint stopped: `stop`, `length`, `tool_calls`, `content_filter` or its own word. */
  finish: string;
  /** Null where the endpoint does not say. */
  inputTokens: number | null;
  outputTokens: number | null;
  seconds: number;
  mode: AnswerMode;
}
