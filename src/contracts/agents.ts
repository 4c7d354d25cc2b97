import { z } from 'zod';

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
