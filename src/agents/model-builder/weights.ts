import type { AnalysisReport } from '../../contracts/analysis';
import type { Column } from '../../contracts/dataset';
import { AutomlError } from '../../contracts/failure';
import { weightColumns } from '../../contracts/plan-edits';
import type { JobBrief } from '../agent';
import { columnCalled, list, plain, plainName, quoted } from '../text';
import type { Reasoned } from './table-recipe';

/** By which column the rows of a table weigh: as asked for, or as the goal says in so many words. */
export function chooseWeight(report: AnalysisReport, { prompt, options }: JobBrief): Reasoned<string | null> {
  if (report.task === 'forecasting') return { value: null, reason: '' };
  const { weight_column: asked } = options;
  const value = asked === undefined ? weightIn(prompt, report) : askedWeight(asked, report);
  return {
    value,
    reason: value === null ? '' : `Rows count as ${quoted(value)} says, in training and in every metric.`,
  };
}

/** @throws {AutomlError} `weight_unfit`: what the user asks for is not left undone in silence. */
function askedWeight(asked: string, report: AnalysisReport): string {
  const fitting = weightColumns(report);
  const column = columnCalled(report.dataset.columns, asked);
  if (column && fitting.includes(column)) return column.name;
  const names = list(fitting.map(({ name }) => quoted(name)));
  throw new AutomlError({
    category: 'data',
    code: 'weight_unfit',
    message: `${whyUnfit(column, asked, report)}${names ? ` Columns that could: ${names}.` : ''}`,
    hint: names
      ? 'Set weight_column to one of these, or leave it out.'
      : 'Leave weight_column out, or upload a file with a column of numbers from 0 up.',
  });
}

function whyUnfit(column: Column | undefined, asked: string, { target }: AnalysisReport): string {
  if (!column) return `The weight column ${quoted(asked)} does not exist.`;
  const cant = `${quoted(column.name)} can't say how much rows count`;
  return column.name === target.column ? `${cant}: it is what is predicted.` : `${cant}: it needs numbers from 0 up.`;
}

// What goals say of weights, in the spelling of `plain`.
const KIND = '(?:sampl(?:e|ing)|survey|row|case|observation|instance|frequency|design)';
const ROWS = '(?:rows?|records?|observations?|cases?|filas?|registros?|observacion(?:es)?)';
const LINK = '(?:is|are|in|given by|es|son|estan?|en)';
const FILLER = `(?:(?:${LINK}|the|its|their|column|variable|field|called|named|la|el|los|las|columna|llamad[oa]) )*`;
const ARTICLE = '(?:(?:the|a|its|their|el|los|un) )?';

/** What comes before the column's name. */
const BEFORE = [
  'weighted (?:by|with|using)',
  `weight? (?:(?:all|each|every|the) )*${ROWS} (?:by|with|using)`,
  `${KIND} weights?`,
  'weights? (?:column|variable)',
  `pondera(?:d[oa]s?|r|ndo)?(?: (?:cada |las |los )?${ROWS})? (?:por|con|segun)`,
  'pesos? muestral(?:es)?',
  `pesos? de (?:cada|las?|los) (?:encuesta|${ROWS})`,
  'factor(?:es)? de (?:expansion|ponderacion)',
  'gewichtet (?:nach|mit)',
  'pondere{1,2}s? par',
];
/** What comes after it. */
const AFTER = [
  `(?:as|como) ${ARTICLE}(?:${KIND} )?(?:weights?|pesos?)`,
  `(?:is|are|holds|contains|gives) ${ARTICLE}${KIND} weights?`,
  `(?:is|es) ${ARTICLE}(?:weight of|peso de) (?:each|every|the|a|cada|la) ${ROWS}`,
  `(?:es|como) ${ARTICLE}(?:peso muestral|factor de (?:expansion|ponderacion))`,
];
/** Where what is predicted is a weight itself, these speak of that. Pesos may be money: "en pesos en la tienda". */
const BEFORE_UNLESS_PREDICTED = [`(?:weights|(?<! en )pesos) ${LINK}`, 'weight is in'];
/** "wt is the weight of a car, in pounds" says what a feature means. */
const AFTER_UNLESS_PREDICTED = ['(?:is|are|es|son) (?:the|el|los) (?:weights?|pesos?)(?= $| and | y )'];
const WEIGHT_ITSELF = /weight|peso|gewicht/;
/** Clauses without any of these say nothing of weights. */
const CUE = /weigh|ponder|peso|factor|gewicht/;

/** The first column of a goal that is said to weigh the rows, where it can. */
function weightIn(prompt: string, report: AnalysisReport): string | null {
  const clauses = clausesOf(prompt);
  if (clauses.length === 0) return null;
  const predicted = WEIGHT_ITSELF.test(plain(report.target.column));
  const before = [...BEFORE, ...(predicted ? [] : BEFORE_UNLESS_PREDICTED)].join('|');
  const after = [...AFTER, ...(predicted ? [] : AFTER_UNLESS_PREDICTED)].join('|');
  const fitting = weightColumns(report);
  const spellings = spellingsOf(report.dataset.columns);
  for (const clause of clauses) {
    const names = spellings.filter(([spelling]) => clause.includes(` ${spelling} `));
    if (names.length === 0) continue;
    const name = `(${names.map(([spelling]) => spelling.replaceAll('.', '\\.')).join('|')})`;
    for (const pattern of [` (?:${before}) ${FILLER}${name} `, ` ${name} (?:${after}) `]) {
      const said = new RegExp(pattern).exec(clause)?.[1];
      const column = names.find(([spelling]) => spelling === said)?.[1];
      if (column && fitting.includes(column)) return column.name;
    }
  }
  return null;
}

/** A colon says "is"; brackets hold a name more often than a thought of its own. */
function clausesOf(prompt: string): string[] {
  return prompt
    .replaceAll(/\b(weights?|pesos?)\s*[:=]/gi, '$1 is ')
    .replaceAll(/[()]/g, ' ')
    .split(/[,;.!?]+(?:\s|$)|\n/)
    .map((clause) => ` ${plain(clause)} `)
    .filter((clause) => CUE.test(clause));
}

/** How a goal may write the columns' names, longest first: "size class" is not the column size. */
function spellingsOf(columns: readonly Column[]): [spelling: string, column: Column][] {
  return columns
    .flatMap((column) =>
      [plain(column.name), plainName(column.name), plain(column.source_name)]
        .filter(Boolean)
        .map((spelling): [string, Column] => [spelling, column]),
    )
    .sort(([one], [other]) => other.length - one.length);
}
