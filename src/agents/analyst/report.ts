import type { RuntimeResult } from '../../contracts/execution';
import type { Verdict } from '../../contracts/verdict';
import type { AgentAnswer, JudgeInput } from '../agent';
import { bullets, cell, page, prose, section, table } from '../markdown';
import { count, decimal, duration } from '../text';

type Report = NonNullable<AgentAnswer<Verdict>['report']>;

const MAX_MODELS_SHOWN = 10;

/** How good the model is on rows it never saw, beside the naive baseline. */
export function qualityPage({ report, execution }: JudgeInput, verdict: Verdict, result: RuntimeResult): Report {
  const show = (value: number | null | undefined) =>
    value === null || value === undefined ? 'not computable' : decimal(value);
  const metrics = Object.entries(result.metrics).map(([name, value]) => [
    name,
    show(value),
    result.baseline ? show(result.baseline.metrics[name]) : '',
  ]);
  const models = result.leaderboard
    .slice(0, MAX_MODELS_SHOWN)
    .map((row) => [
      row.model_id,
      row.algorithm,
      show(row.score),
      row.train_seconds === null ? '' : duration(row.train_seconds),
    ]);
  const rows = `${count(result.rows.training ?? 0, 'training row')}, ${count(result.rows.holdout ?? 0, 'sealed row')}.`;
  return {
    title: `Quality of the model for ${report.target.column}`,
    content: page(
      `# Quality of the model for ${cell(report.target.column)}`,
      prose(verdict.summary),
      section('Metrics on unseen rows', table(['metric', 'model', result.baseline?.name ?? 'baseline'], metrics)),
      section(
        'Leaderboard (cross-validation)',
        table(['model', 'algorithm', execution.metric ?? 'score', 'time'], models),
      ),
      section('Rows', rows),
      section('Warnings', bullets(result.warnings.slice(0, 20))),
    ),
    metadata: {
      metrics: result.metrics,
      baseline: result.baseline,
      skill: result.skill,
      best_model: result.best_model,
    },
  };
}

/** Why a phase ended without its result, and what would help. */
export function failurePage({ phase, attempt, execution, past }: JudgeInput, verdict: Verdict): Report {
  const attempts = [
    ...past.map((earlier) => [String(earlier.attempt), earlier.execution.exit, earlier.verdict.summary]),
    [String(attempt), execution.exit, verdict.summary],
  ];
  return {
    title: `Why the ${phase} phase did not finish`,
    content: page(
      `# Why the ${phase} phase did not finish`,
      prose(verdict.summary),
      section('What is missing', bullets(verdict.missing)),
      section('What would help', execution.failure ? prose(execution.failure.hint) : ''),
      section('Attempts', table(['attempt', 'end', 'verdict'], attempts)),
      section('Evidence of the last attempt', bullets(verdict.evidence)),
    ),
    metadata: { missing: verdict.missing, failure: execution.failure },
  };
}
