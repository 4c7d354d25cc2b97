import type { Config } from '../config';
import type { AgentName } from '../contracts/agents';
import type { ModelEndpoint } from './endpoint';

/** Local servers want a key that is not empty and look no further. */
const NO_KEY = 'none';

/** The model that answers for an agent; undefined where its template does. OpenAI goes first where both are set. */
export function endpointOf(models: Config['models'], agent: AgentName): ModelEndpoint | undefined {
  const choice = models.agentModels[agent];
  if (choice?.endpoint === 'template') return undefined;
  const known = configuredEndpoints(models);
  const endpoint = choice ? known.find(({ name }) => name === choice.endpoint) : known[0];
  return endpoint && { ...endpoint, model: choice?.model ?? endpoint.model };
}

/** A key or, for a server that wants none, an address makes an endpoint. */
export function configuredEndpoints(models: Config['models']): ModelEndpoint[] {
  const { openaiApiKey, openaiBaseUrl, openaiModel, deepseekApiKey, deepseekBaseUrl, deepseekModel } = models;
  const endpoints: ModelEndpoint[] = [];
  if (openaiApiKey ?? openaiBaseUrl) {
    endpoints.push({
      name: 'openai',
      baseUrl: openaiBaseUrl,
      apiKey: openaiApiKey ?? NO_KEY,
      model: openaiModel,
    });
  }
  if (deepseekApiKey) {
    endpoints.push({ name: 'deepseek', baseUrl: deepseekBaseUrl, apiKey: deepseekApiKey, model: deepseekModel });
  }
  return endpoints;
}

/** Names in AGENT_MODELS that no agent has: most likely misspelt, so that somebody else would answer than was meant. */
export function misnamedAgents({ agentModels }: Pick<Config['models'], 'agentModels'>, names: readonly string[]) {
  return Object.keys(agentModels).filter((name) => !names.includes(name));
}
