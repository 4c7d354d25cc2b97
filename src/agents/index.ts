import type { Agent, Agents } from './agent';
import { analyst } from './analyst';
import { codeExecutor } from './code-executor';
import { dataProcessor } from './data-processor';
import { modelBuilder } from './model-builder';
import { prediction } from './prediction';
import { visualization } from './visualization';

/** The registry: every agent of the system, one line each. Who joins the six is named among the advisors. */
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
    advisors: [],
  };
}

/** What all agents have in common, whatever they work on. */
export type AnyAgent = Pick<Agent<never, object>, 'name' | 'role'> & { hasModel: boolean };

/** @throws where two agents share a name: their records would be one. */
export function listAgents({ dataProcessor, builders, codeExecutor, analyst, advisors }: Agents): AnyAgent[] {
  const agents = [dataProcessor, ...Object.values(builders), codeExecutor, analyst, ...advisors];
  const twice = agents.find(({ name }, index) => agents.findIndex((other) => other.name === name) !== index);
  if (twice) throw new Error(`Two agents are called ${twice.name}.`);
  return agents.map(({ name, role, llm }) => ({ name, role, hasModel: llm !== undefined }));
}
