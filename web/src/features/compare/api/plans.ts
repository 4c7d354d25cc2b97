import type { components } from '../../../lib/api-types';
import type { ComparedRow } from './compare';

export type TrainingPlan = components['schemas']['PlanView']['plan'];

/** Said in words or in code elsewhere, or of no interest to who compares. */
const LEFT_OUT = new Set(['schema_version', 'rationale', 'functions', 'validation', 'heap_mb', 'target', 'metric']);

/** Of the training plans only what is not the same for all; a list shows what not all of them have. */
export function planDifferences(plans: readonly (TrainingPlan | null)[]): ComparedRow<string>[] {
  const facts = plans.map((plan): Record<string, unknown> => (plan ? { ...plan, ...plan.validation } : {}));
  const fields = [...new Set(facts.flatMap((fact) => Object.keys(fact)))].filter((field) => !LEFT_OUT.has(field));
  return fields
    .map((field) => ({ field, values: valuesOf(facts.map((fact) => fact[field])) }))
    .filter(({ values }) => new Set(values).size > 1);
}

function valuesOf(values: readonly unknown[]): string[] {
  const lists = values.filter((value): value is unknown[] => Array.isArray(value));
  const shared = (item: unknown) => lists.every((list) => list.includes(item));
  return values.map((value) => {
    if (value === null || value === undefined) return '–';
    if (!Array.isArray(value)) return String(value);
    const own = value.filter((item) => !shared(item)).join(', ');
    const common = value.filter(shared).length;
    if (own === '') return common === 0 ? '–' : `(${common})`;
    return common === 0 ? own : `${own} (+ ${common})`;
  });
}

/** All feature functions of a plan as one text, by name, so that two plans can be laid line against line. */
export function functionsText(plan: TrainingPlan | null): string {
  return [...(plan?.functions ?? [])]
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .map(({ name, inputs, output, code }) => `# ${name}: ${inputs.join(', ')} -> ${output}\n${code.trimEnd()}\n`)
    .join('\n');
}
