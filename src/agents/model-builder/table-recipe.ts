import type { AnalysisReport } from '../../contracts/analysis';
import type { Column } from '../../contracts/dataset';
import type { TrainingPlan } from '../../contracts/plans';
import { list, plainName, quoted } from '../text';

/** A choice with its reason, a sentence for a person; empty where there is nothing to tell. */
export interface Reasoned<Value> {
  value: Value;
  reason: string;
}

type TableRecipe = Pick<
  TrainingPlan,
  'target_encoding' | 'text_features' | 'target_transform' | 'monotone_increasing' | 'monotone_decreasing'
>;

/** A category keeps its thousand commonest values: of more than twice as many it is better encoded by the target. */
const MANY_VALUES = 2000;
/** Fewer rows a value say too little of it. */
const ROWS_A_VALUE = 2;
/** The longer tail of a target, measured in its shorter one, from which a logarithm is tried. */
const SKEWED = 3;
/** The trial costs one model. */
const MODELS_FOR_A_TRIAL = 8;
const FEWEST_GROUPS = 10;
const ROWS_A_GROUP = 1.5;
/** Who is measured again and again; shops and places are met again, so their rows need not stay together. */
const PERSON =
  /(?:^| )(?:patient|subject|participant|respondent|person|proband|individual|animal|child|pupil|student|paciente|sujeto|participante|persona|individuo|alumno)(?:s)?(?: ?(?:id|ids|nr|no|number|num|code|numero|codigo))?$/;

/** What a table's plan says beyond its columns, from the profile of the data. */
export function chooseTableRecipe(report: AnalysisReport, maxModels: number): Reasoned<TableRecipe> {
  const value: TableRecipe = {
    ...{ target_encoding: [], text_features: [], target_transform: 'none' },
    ...{ monotone_increasing: [], monotone_decreasing: [] },
  };
  if (report.task === 'forecasting') return { value, reason: '' };
  value.text_features = report.findings.flatMap(({ code, column }) => (code === 'free_text' && column ? [column] : []));
  const features = report.dataset.columns.filter(({ name }) => report.features.includes(name));
  value.target_encoding = features.filter((column) => hasManyValues(column, report)).map(({ name }) => name);
  if (isSkewed(report) && maxModels >= MODELS_FOR_A_TRIAL) value.target_transform = 'auto';
  return { value, reason: reasonOf(value, report) };
}

function reasonOf({ target_encoding, text_features, target_transform }: TableRecipe, report: AnalysisReport): string {
  const named = (columns: string[]) => list(columns.map(quoted), 5);
  const parts: [boolean, string][] = [
    [
      target_encoding.length > 0,
      `${named(target_encoding)} have many values: each counts by the target's mean in the rows of other folds.`,
    ],
    [text_features.length > 0, `${named(text_features)} are read word by word.`],
    [
      target_transform === 'auto',
      `${quoted(report.target.column)} has a long tail: the folds decide whether its logarithm is learnt.`,
    ],
  ];
  return parts.flatMap(([holds, words]) => (holds ? [words] : [])).join(' ');
}

function hasManyValues({ type, distinct, missing }: Column, { dataset }: AnalysisReport): boolean {
  const words = type === 'category' || type === 'text';
  return words && distinct >= MANY_VALUES && (dataset.rows - missing) / distinct >= ROWS_A_VALUE;
}

function isSkewed({ task, target, dataset }: AnalysisReport): boolean {
  const column = dataset.columns.find(({ name }) => name === target.column);
  if (task !== 'regression' || !column?.quantiles || typeof column.min !== 'number' || column.min < 0) return false;
  const [low, , middle, , high] = column.quantiles as [number, number, number, number, number];
  return high - middle > SKEWED * (middle - low);
}

/**
 * The column whose rows belong together: a person or an animal with several rows; null where there is none. Where
 * `persons` weighs the rows it is their number, and names none.
 */
export function chooseGroup({ task, dataset, target }: AnalysisReport, weight: string | null = null): string | null {
  if (task === 'forecasting') return null;
  const groups = dataset.columns.filter(
    ({ name, type, distinct, missing }) =>
      name !== target.column &&
      name !== weight &&
      (type === 'integer' || type === 'category' || type === 'text') &&
      PERSON.test(plainName(name)) &&
      distinct >= FEWEST_GROUPS &&
      (dataset.rows - missing) / distinct >= ROWS_A_GROUP,
  );
  return groups[0]?.name ?? null;
}
