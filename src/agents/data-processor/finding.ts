import type { Association, Finding, Task } from '../../contracts/analysis';
import type { Column, Dataset } from '../../contracts/dataset';
import type { AnalysisInput } from '../agent';
import { integer, list, quoted } from '../text';
import type { FeatureChoice } from './features';
import type { Goal } from './goal';
import type { SeriesShape } from './series';

/** What findings are drawn from: the decisions of the analysis so far, and the measured data. */
export interface FindingsGround {
  input: AnalysisInput;
  dataset: Dataset;
  target: Column;
  task: Task;
  goal: Goal;
  series: SeriesShape | null;
  horizon: number | null;
  choice: FeatureChoice;
  associations: Association[];
}

/** Findings of one kind that are listed one by one; the rest are counted in a last one. */
const MAX_EACH = 15;

export function finding(
  code: string,
  severity: Finding['severity'],
  column: string | null,
  evidence: string,
  action: string,
): Finding {
  return { code, severity, column, evidence, action };
}

/** The first few as they are, the others as one that counts them. */
export function capped(findings: Finding[]): Finding[] {
  if (findings.length <= MAX_EACH) return findings;
  const more = findings.slice(MAX_EACH);
  const names = list(
    more.flatMap((entry) => (entry.column === null ? [] : [quoted(entry.column)])),
    5,
  );
  const rest = finding(
    more[0]!.code,
    'info',
    null,
    `The same holds for ${integer(more.length)} more: ${names}.`,
    more[0]!.action,
  );
  return [...findings.slice(0, MAX_EACH), rest];
}
