import type { Agents } from './agent';
import { analyst } from './analyst';
import { codeExecutor } from './code-executor';
import { dataProcessor } from './data-processor';
import { modelBuilder } from './model-builder';
import { prediction } from './prediction';
import { visualization } from './visualization';

/** The registry: every agent of the system, one line each. */
export function createAgents(): Agents {
  return {
    dataProcessor,
    codeExecutor,
    analyst,
    builders: {
      training: modelBuilder,
      prediction,
      visualization,
    },
  };
}
