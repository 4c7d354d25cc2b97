import { createAgents, listAgents } from '../../agents';
import type { Config } from '../../config';
import { endpointOf } from '../../endpoints/choice';
import { ModelClient } from '../../endpoints/client';
import type { ModelEndpoint } from '../../endpoints/endpoint';
import { probeEndpoint, type Probe } from '../../endpoints/probe';
import { checkOf, type Check } from '../check';

const REMEDY: Record<Probe['capability'], string> = {
  answers: 'Check the key, the address and the name of the model; until then the agents use their templates.',
  streams: 'Nothing to do, unless its answers take long: raise MODEL_CALL_TIMEOUT then.',
  json_schema: 'Nothing to do: the agents ask in a plainer way.',
  json_object: 'Nothing to do: the agents ask in a plainer way.',
  tools: 'Nothing to do: the agents ask without tools, so they see less of the data.',
  usage: 'Nothing to do: tokens and cost of its calls are shown as unknown.',
};

/** Tries every model that an agent would ask, one check a capability. */
export async function examineModels(config: Config): Promise<Check[]> {
  const chosen = new Map<string, { endpoint: ModelEndpoint; agents: string[] }>();
  for (const { name: agent } of listAgents(createAgents()).filter(({ hasModel }) => hasModel)) {
    const endpoint = endpointOf(config.models, agent);
    if (!endpoint) continue;
    const key = `${endpoint.name} ${endpoint.model}`;
    const known = chosen.get(key) ?? { endpoint, agents: [] };
    chosen.set(key, { endpoint, agents: [...known.agents, agent] });
  }
  if (chosen.size === 0) {
    return [checkOf('models', 'Models').ok('none configured: the agents use their templates, which need none')];
  }
  const client = new ModelClient(config.models.callTimeoutSeconds);
  const checks: Check[] = [];
  for (const [key, { endpoint, agents }] of chosen) {
    const probes = await probeEndpoint(client, endpoint);
    checks.push(checkOf(key, key).ok(`for ${agents.join(', ')}`), ...probes.map((probe) => checkOfProbe(key, probe)));
  }
  return checks;
}

function checkOfProbe(key: string, { capability, works, detail }: Probe): Check {
  const check = checkOf(`${key} ${capability}`, `  ${capability}`);
  if (works) return check.ok(detail);
  return capability === 'answers' ? check.error(detail, REMEDY.answers) : check.warning(detail, REMEDY[capability]);
}
