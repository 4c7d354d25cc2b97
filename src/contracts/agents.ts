import { z } from 'zod';
import type { ScriptPhase } from './status';

export const AGENT_NAMES = [
  'DataProcessor',
  'ModelBuilder',
  'CodeExecutor',
  'Analyst',
  'Prediction',
  'Visualization',
] as const;
export const AgentName = z.enum(AGENT_NAMES);
export type AgentName = z.infer<typeof AgentName>;

/** Which agent writes the script of a phase. */
export const BUILDER_OF_PHASE = {
  training: 'ModelBuilder',
  prediction: 'Prediction',
  visualization: 'Visualization',
} as const satisfies Record<ScriptPhase, AgentName>;
