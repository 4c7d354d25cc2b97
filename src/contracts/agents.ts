import { z } from 'zod';
import type { ScriptPhase } from './status';

/** The agents that every job has. Whoever else joins them does so in src/agents/index.ts. */
export const AGENT_NAMES = [
  'DataProcessor',
  'ModelBuilder',
  'CodeExecutor',
  'Analyst',
  'Prediction',
  'Visualization',
] as const;
export const AgentName = z
  .string()
  .regex(/^[A-Z][A-Za-z0-9]{1,39}$/, 'agents are called like DataProcessor')
  .describe(`One of ${AGENT_NAMES.join(', ')}, or an agent that this installation has besides`);
export type AgentName = z.infer<typeof AgentName>;

/** Which agent writes the script of a phase. */
export const BUILDER_OF_PHASE = {
  training: 'ModelBuilder',
  prediction: 'Prediction',
  visualization: 'Visualization',
} as const satisfies Record<ScriptPhase, AgentName>;
