import type { RuntimeResult } from '../contracts/execution';
import type { Failure } from '../contracts/failure';
import type { JobView } from '../contracts/jobs';
import type { FinalCheck } from '../contracts/steps';

/** The job's closing report, Markdown; its first line says the one thing a reader must know. */
export function finalReport(about: {
  job: JobView;
  check: FinalCheck;
  failure: Failure | null;
  result: RuntimeResult | null;
}): { title: string; content: string } {
  const { check, failure, result } = about;
  const complete = check.missing.length === 0 && failure === null;
  const lines = [
    complete ? headline(result) : `Incomplete: ${check.missing.join(', ') || 'a step failed'}.`,
    '',
    ...(failure ? [`**Why:** ${failure.message} ${failure.hint}`, ''] : []),
    ...metricsTable(result),
    `**There:** ${check.present.join(', ') || 'nothing'}`,
    ...(check.missing.length > 0 ? [`**Missing:** ${check.missing.join(', ')}`] : []),
    ...(result?.warnings ?? []).map((warning) => `- ${warning}`),
  ];
  return { title: complete ? 'Result' : 'What is missing', content: lines.join('\n') };
}

/** How the model compares with the naive baseline on rows it never saw. */
function headline(result: RuntimeResult | null): string {
  if (!result?.metric || result.skill === null || !result.baseline) return 'The job is complete.';
  const percent = Math.abs(result.skill * 100).toFixed(1);
  if (result.skill <= 0) return `The model is no better than the naive baseline (${result.baseline.name}).`;
  return `The model is ${percent} % better than the naive baseline (${result.baseline.name}) by ${result.metric}, on rows it never saw.`;
}

function metricsTable(result: RuntimeResult | null): string[] {
  if (!result || Object.keys(result.metrics).length === 0) return [];
  const number = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : String(Number(value.toPrecision(5)));
  const rows = Object.entries(result.metrics).map(
    ([name, value]) => `| ${name} | ${number(value)} | ${number(result.baseline?.metrics[name])} |`,
  );
  return ['| metric | model | naive |', '|---|---|---|', ...rows, ''];
}
