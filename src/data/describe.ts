import type { Column, Dataset } from '../contracts/dataset';
import type { DatasetOverrides } from '../contracts/dataset-overrides';
import { cut } from '../contracts/failure';
import { Bit } from './cells/bits';
import type { ColumnEvidence, ColumnIntake } from './column-intake';
import type { Inspection } from './dialect';
import type { Ledger } from './ledger';
import { MAX_CATEGORIES } from './limits';
import type { PlannedColumn, TablePlan } from './plan';
import type { ColumnStatistics } from './profile';

const TOP_VALUES = 10;
const VALUE_CHARACTERS = 200;
/** A text column is `category` when its values repeat: at most this share of them is distinct. */
const CATEGORY_SHARE = 0.5;
/** Above this share of rows left out, the dialect itself is in doubt. */
const DOUBTFUL_SHARE = 0.05;

/** A file as it was read. */
export interface Outcome {
  inspection: Inspection;
  overrides: DatasetOverrides;
  plan: TablePlan;
  evidence: ColumnEvidence[];
  intakes: ColumnIntake[];
  rows: number;
  ledger: Ledger;
  names: Ledger;
}

/** What holds for the table as a whole. */
export function describeTable(outcome: Outcome): Pick<Dataset, 'dialect' | 'confidence' | 'alterations' | 'warnings'> {
  const { inspection, overrides, plan, evidence, intakes, rows, ledger, names } = outcome;
  reportCells(plan, evidence, intakes, ledger);
  const leftOut = ledger.count('row_too_long');
  const share = leftOut / Math.max(1, rows + leftOut);
  const warnings = [...inspection.warnings, ...plan.columns.flatMap(warningOf)];
  if (share > DOUBTFUL_SHARE) warnings.push(`${leftOut} rows do not fit the table: check delimiter and quotes.`);
  const confidences = plan.columns.map(({ decision }) => decision.confidence);
  return {
    dialect: {
      ...inspection.dialect,
      decimal: plan.decimal,
      thousands: overrides.dialect?.thousands ?? plan.thousands,
    },
    confidence: Number(Math.min(inspection.confidence, ...confidences, 1 - share).toFixed(3)),
    alterations: [...names.all(), ...ledger.all()],
    warnings,
  };
}

function warningOf({ name, decision, dropped }: PlannedColumn): string[] {
  return decision.warning === null || dropped ? [] : [`Column "${cut(name, 60)}": ${decision.warning}`];
}

/** Enters what happened to cells into the ledger, column by column. */
function reportCells(plan: TablePlan, evidence: ColumnEvidence[], intakes: ColumnIntake[], ledger: Ledger): void {
  plan.columns.forEach((column, index) => {
    const intake = intakes[index] as ColumnIntake;
    if (column.dropped) return ledger.add(column.override.drop ? 'dropped_column' : 'empty_column', column.name, null);
    for (const [spelling, count] of intake.missingSpellings)
      ledger.add('missing_spelling', column.name, spelling, count);
    intake.unfitSamples.forEach((sample) => ledger.add('unparsable_cell', column.name, sample));
    ledger.add('unparsable_cell', column.name, null, intake.unfit - intake.unfitSamples.length);
    ledger.add('trimmed_cell', column.name, null, intake.trimmed);
    const { reading } = column.decision;
    if (reading.kind !== 'date') return;
    const having = (bit: number) =>
      [...(evidence[index] as ColumnEvidence).tally].reduce(
        (sum, [bits, count]) => (bits & bit ? sum + count : sum),
        0,
      );
    ledger.add('subsecond_cut', column.name, null, having(Bit.SUBSECOND));
    if (!reading.withTime) ledger.add('time_cut', column.name, null, having(Bit.NOT_MIDNIGHT));
  });
}

/** One column with its profile. */
export function describeColumn(
  column: PlannedColumn,
  { intake, found }: { intake: ColumnIntake; found: ColumnStatistics },
  rows: number,
): Column {
  const { name, source_name, decision, override } = column;
  const missing = intake.missing + intake.unfit;
  const counts = intake.counts();
  return {
    name,
    source_name,
    type: override.type ?? typeByRepetition(decision.type, found.distinct, rows - missing),
    ...(override.role && { role: override.role }),
    format: decision.format,
    ...(decision.ambiguous && { ambiguous: decision.ambiguous }),
    missing,
    ...found,
    top_values: topValues(counts),
  };
}

/** A column's type, `category` told from `text` by how few its distinct values are. */
export function typeByRepetition(type: Column['type'], distinct: number, values: number): Column['type'] {
  return type === 'text' && distinct <= MAX_CATEGORIES && distinct <= CATEGORY_SHARE * values ? 'category' : type;
}

/** The most frequent values, where any comes more than once. */
function topValues(counts: Map<string, number> | null): Column['top_values'] {
  const sorted = [...(counts ?? [])].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if ((sorted[0]?.[1] ?? 0) < 2) return [];
  return sorted.slice(0, TOP_VALUES).map(([value, count]) => ({ value: cut(value, VALUE_CHARACTERS), count }));
}
