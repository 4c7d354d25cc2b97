import type { AnalysisReport } from '../../contracts/analysis';
import type { Column, Dataset } from '../../contracts/dataset';
import { AutomlError } from '../../contracts/failure';
import { list, percent, plainName, quoted, similarity, singular } from '../text';
import type { Goal } from './goal';
import { conceptOf, type Mention } from './mentions';
import { isDate, looksLikeId } from './profile';

export type Target = AnalysisReport['target'];
export type Candidate = Target['candidates'][number];

const MAX_CANDIDATES = 10;
/** Share of letters in common above which a mistyped name is understood. */
const NEAR = 0.7;
/** The points of a column for which everything speaks; scores are shares of it. */
const FULL_POINTS = 1.6;
/** Below this score no column is what the goal means. */
const PLAUSIBLE = 0.35 / FULL_POINTS;
const RIVAL = 0.1 / FULL_POINTS;

/**
 * The column to predict: the one that was given, the one whose name is nearly that, or the one that goal, names and
 * position point to. @throws {AutomlError} `target_not_found` with the candidates where nothing resembles.
 */
export function chooseTarget(dataset: Dataset, goal: Goal, given: string | null): Target {
  const candidates = rankCandidates(dataset, goal);
  if (given === null) return infer(dataset, candidates);
  return (
    exact(dataset, given, candidates) ??
    nearMatch(dataset, given, candidates) ??
    onlyPlausible(dataset, given, candidates)
  );
}

function exact(dataset: Dataset, given: string, candidates: Candidate[]): Target | undefined {
  const wanted = given.trim();
  const byName = dataset.columns.find((column) => column.name === wanted);
  if (byName) return { column: byName.name, how: 'given', reason: 'Named by the user.', candidates };
  const bySource = dataset.columns.find((column) => column.source_name.trim() === wanted);
  if (!bySource) return undefined;
  const reason = `Named by the user; the file writes it ${quoted(bySource.source_name)}.`;
  return { column: bySource.name, how: 'given', reason, candidates };
}

function nearMatch(dataset: Dataset, given: string, candidates: Candidate[]): Target | undefined {
  const ranked = dataset.columns
    .map((column) => ({ column, ...resemblance(given, column.name) }))
    .sort((a, b) => b.score - a.score);
  const [best, second] = ranked;
  if (!best || best.score < NEAR) return undefined;
  if (second && second.score === best.score && best.score < 1) {
    throw notFound(
      given,
      candidates,
      `It is as near to ${quoted(best.column.name)} as to ${quoted(second.column.name)}.`,
    );
  }
  const reason = `There is no column ${quoted(given)}; ${quoted(best.column.name)} ${best.why}.`;
  return { column: best.column.name, how: 'near_match', reason, candidates };
}

/** How near a written name is to a column's, 0-1, and why, as the end of a sentence. */
function resemblance(given: string, name: string): { score: number; why: string } {
  if (given.trim().toLowerCase() === name.toLowerCase()) return { score: 1, why: 'differs only in capital letters' };
  const [a, b] = [plainName(given), plainName(name)];
  if (a === '' || b === '') return { score: 0, why: '' };
  const [tightA, tightB] = [a.replace(/ /g, ''), b.replace(/ /g, '')];
  if (tightA === tightB) return { score: 0.99, why: 'differs only in spelling (capitals, accents, spaces)' };
  const [wordsA, wordsB] = [a.split(' ').map(singular), b.split(' ').map(singular)];
  if (sameWords(wordsA, wordsB)) return { score: 0.97, why: 'has the same words' };
  const nearness = similarity(tightA, tightB);
  if (nearness >= NEAR)
    return { score: Math.max(NEAR, nearness * 0.95), why: `is spelled nearly the same (${percent(nearness)} alike)` };
  if (wordsA.every((word) => wordsB.includes(word))) return { score: 0.75, why: 'contains its words' };
  if (wordsB.every((word) => wordsA.includes(word))) return { score: 0.74, why: 'is part of that name' };
  const shared = wordsA.some(
    (word) => conceptOf(word) >= 0 && wordsB.some((other) => conceptOf(other) === conceptOf(word)),
  );
  return shared ? { score: 0.72, why: 'means the same' } : { score: nearness * 0.95, why: '' };
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && [...a].sort().join(' ') === [...b].sort().join(' ');
}

/** A file without a header can't hold the name that was given: its one plausible column is meant. */
function onlyPlausible(dataset: Dataset, given: string, candidates: Candidate[]): Target {
  const plausible = dataset.columns.filter((column) => canBeTarget(column) && !looksLikeId(column, dataset.rows));
  if (dataset.dialect.header_rows === 0 && plausible.length === 1) {
    const reason = `The file has no header to hold ${quoted(given)}, and this is its only column that can be predicted.`;
    return { column: plausible[0]!.name, how: 'inferred', reason, candidates };
  }
  throw notFound(given, candidates, '');
}

function infer(dataset: Dataset, candidates: Candidate[]): Target {
  const best = candidates[0];
  if (!best || best.score < PLAUSIBLE) throw notFound(null, candidates, '');
  const rivals = rivalsOf(candidates);
  const doubt =
    rivals.length > 0
      ? ` Nearly as likely: ${list(
          rivals.map((rival) => quoted(rival.column)),
          3,
        )}.`
      : '';
  return { column: best.column, how: 'inferred', reason: `${best.reason}.${doubt}`, candidates };
}

/** Of ranked candidates those that are nearly as likely as the best. */
export function rivalsOf(candidates: readonly Candidate[]): Candidate[] {
  const [best, ...others] = candidates;
  return best ? others.filter((other) => other.score > best.score - RIVAL) : [];
}

function notFound(given: string | null, candidates: Candidate[], more: string): AutomlError {
  const names = list(
    candidates.map((candidate) => quoted(candidate.column)),
    6,
  );
  const said = given === null ? 'It is not clear which column to predict' : `No column is called ${quoted(given)}`;
  const offer = names ? `The most likely columns are ${names}.` : 'No column of the file can be predicted.';
  return new AutomlError({
    category: 'data',
    code: 'target_not_found',
    message: `${said}. ${more ? `${more} ` : ''}${offer}`,
    hint: names
      ? `Set target_column to one of the file's columns, for example ${quoted(candidates[0]!.column)}, and start the job again.`
      : 'Upload a file with at least one column that has values to learn from, and name it as target_column.',
  });
}

const TARGET_NAMES =
  /^(?:target|y|label|labels|class|outcome|response|dependent|objetivo|etiqueta|clase|variable objetivo|target variable|ziel|classe|survived|churn|churned|exited|default|defaulted|fraud|is fraud|species|diagnosis|attrition)$/;
const MEASURE_NAMES =
  /\b(?:sales?|revenue|demand|price|total|count|cnt|value|quantity|qty|amount|consumption|passengers?|rentals?|load|visits?|orders|units|close|cost|salary|income|temp(?:erature)?|ventas?|ingresos|demanda|precio|valor|cantidad|consumo|pasajeros|pedidos|temperatura|importe|vendas|preco|umsatz|preis|prix)\b/;

/** Every column that can be predicted with how likely it is meant, best first; at most ten. */
export function rankCandidates(dataset: Dataset, goal: Goal): Candidate[] {
  const possible = dataset.columns.filter(canBeTarget);
  const mentions = new Map(goal.mentions.map((mention) => [mention.column, mention]));
  return possible
    .map((column) => {
      const hints = hintsFor(column, { dataset, goal, possible, mention: mentions.get(column.name) });
      const score = hints.reduce((sum, hint) => sum + hint.points, 0);
      const spoken = hints.filter((hint) => hint.points > 0).map((hint) => hint.why);
      const reason = spoken.length > 0 ? sentence(list(spoken)) : 'Nothing points to it';
      return {
        column: column.name,
        score: Number(Math.max(0, Math.min(1, score / FULL_POINTS)).toFixed(3)),
        raw: score,
        reason,
      };
    })
    .sort((a, b) => b.raw - a.raw)
    .slice(0, MAX_CANDIDATES)
    .map(({ column, score, reason }) => ({ column, score, reason }));
}

interface HintGround {
  dataset: Dataset;
  goal: Goal;
  possible: Column[];
  mention: Mention | undefined;
}

function hintsFor(column: Column, { dataset, goal, possible, mention }: HintGround): { points: number; why: string }[] {
  const name = plainName(column.name);
  const last = dataset.columns.at(-1)?.name === column.name;
  const numeric = column.type === 'integer' || column.type === 'real';
  const onlyNumber = numeric && possible.filter((other) => ['integer', 'real'].includes(other.type)).length === 1;
  const hints: [boolean, number, string][] = [
    [mention?.asked === true, mention?.how === 'meant' ? 0.6 : 1, 'the goal asks for it'],
    [
      mention !== undefined && !mention.asked && !mention.source,
      mention?.how === 'meant' ? 0.35 : 0.6,
      'the goal speaks of it',
    ],
    [mention?.source === true && !mention.asked, -0.3, 'the goal predicts from it'],
    [TARGET_NAMES.test(name), 0.5, `a column called ${quoted(column.name)} is usually the one to predict`],
    [!TARGET_NAMES.test(name) && MEASURE_NAMES.test(name), 0.35, 'its name is that of a measured quantity'],
    [last, 0.1, 'it is the last column'],
    [onlyNumber, 0.4, 'it is the only column of numbers'],
    [possible.length === 1, 0.4, 'it is the only column that can be predicted'],
    [goal.task === 'forecasting' && numeric, 0.15, 'a forecast needs numbers'],
    [goal.task === 'forecasting' && !numeric, -0.3, ''],
    [goal.task === 'classification' && isClassLike(column), 0.15, 'it holds classes'],
    [last && !numeric && onlyClassColumn(column, possible), 0.25, 'it is the only column of classes'],
    [looksLikeId(column, dataset.rows), -0.6, ''],
    [column.missing > dataset.rows / 2, -0.2, ''],
  ];
  return hints.filter(([holds]) => holds).map(([, points, why]) => ({ points, why }));
}

function canBeTarget(column: Column): boolean {
  return !isDate(column) && column.type !== 'text' && column.distinct > 1;
}

function isClassLike(column: Column): boolean {
  return (
    column.type === 'boolean' || column.type === 'category' || (column.type === 'integer' && column.distinct <= 10)
  );
}

function onlyClassColumn(column: Column, possible: readonly Column[]): boolean {
  return possible.every((other) => other.name === column.name || !['boolean', 'category'].includes(other.type));
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
