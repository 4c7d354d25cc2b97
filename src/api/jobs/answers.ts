import type { JobView } from '../../contracts/jobs';
import { REVISE } from '../../contracts/questions';
import type { Answer } from '../../contracts/steps';

/** Whole phrases, lower case and without accents; in English and Spanish. */
const PHRASES: Record<Answer, readonly string[]> = {
  approve: [
    ...['yes', 'y', 'yep', 'yeah', 'ok', 'okay', 'sure', 'go', 'go ahead', 'go on', 'proceed', 'approve', 'approved'],
    ...['i approve', 'approve it', 'looks good', 'start', 'start it', 'continue', 'do it'],
    ...['si', 's', 'vale', 'adelante', 'de acuerdo', 'apruebo', 'lo apruebo', 'aprobado', 'aprobar', 'aprueba'],
    ...['claro', 'continua', 'continuar', 'procede', 'proceder', 'hazlo', 'esta bien', 'empieza'],
  ],
  reject: [
    ...['no', 'n', 'nope', 'reject', 'rejected', 'i reject', 'reject it', 'stop', 'cancel', 'cancel it', 'do not'],
    ...['dont', 'do not start', 'dont start', 'abort'],
    ...['rechazo', 'lo rechazo', 'rechazado', 'rechazar', 'rechaza', 'cancela', 'cancelar', 'cancelalo'],
    ...['para', 'detente', 'detener', 'no lo hagas', 'no empieces'],
  ],
};

const COURTESY = /\b(please|thanks|thank you|por favor|gracias)\b/g;

const MEANING = new Map<string, Answer>(
  (Object.keys(PHRASES) as Answer[]).flatMap((answer) => PHRASES[answer].map((phrase) => [phrase, answer] as const)),
);

/**
 * The answer that a message gives to the question whether training may start: only where it says nothing else, so
 * that "yes, but with fewer models" is a wish and no answer.
 */
export function answerIn(message: string): Answer | undefined {
  const plain = message
    .toLowerCase()
    .normalize('NFD')
    .replace(/['’\p{M}]/gu, '');
  if (/[^a-z\s\p{P}]/u.test(plain)) return undefined;
  const parts = plain
    .split(/[^a-z\s]+/)
    .map((part) => part.replace(COURTESY, ' ').trim().replace(/\s+/g, ' '))
    .filter(Boolean);
  const answers = parts.map((part) => MEANING.get(part) ?? inWords(part));
  return answers.every((answer) => answer === answers[0]) ? answers[0] : undefined;
}

const NEGATION = /\b(no|not|dont|nor|never|without|except|but|ni|sin|nunca|tampoco|excepto|pero)\b/;

/**
 * The choice that a message names: a clear yes or no to a gate, or the words of one choice and of no other. A message
 * that also says no to something, or asks, is a wish and no answer.
 */
export function choiceNamedIn(message: string, job: Pick<JobView, 'question_detail'>): string | undefined {
  const question = job.question_detail;
  const answer = answerIn(message);
  if (!question) return answer;
  const choices = question.choices.filter(({ id }) => id !== REVISE);
  if (answer && choices.some(({ id }) => id === answer)) return answer;
  const said = words(message);
  const exact = choices.filter(({ id, label }) => said === words(label) || said === words(id));
  if (exact.length === 1) return exact[0]!.id;
  if (NEGATION.test(said) || message.includes('?')) return undefined;
  const named = choices.filter(({ label }) => words(label) !== '' && ` ${said} `.includes(` ${words(label)} `));
  // "net price" names also what is called "price": the longest is meant.
  const longest = named.filter(({ label }) => !named.some((other) => isPartOf(words(label), words(other.label))));
  return longest.length === 1 ? longest[0]!.id : undefined;
}

function isPartOf(label: string, other: string): boolean {
  return label !== other && ` ${other} `.includes(` ${label} `);
}

/** Letters, digits and what names are written with, lower case and without accents. */
function words(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFD')
    .replace(/['’\p{M}]/gu, '')
    .replace(/[^\p{L}\p{N}_./]+/gu, ' ')
    .replace(/[./](?=\s|$)/g, '')
    .trim();
}

/** "yes go ahead": several phrases without a comma between, the longest first. */
function inWords(part: string): Answer | undefined {
  const words = part.split(' ');
  const answers = new Set<Answer | undefined>();
  for (let start = 0; start < words.length;) {
    const ends = words.map((_, index) => index + 1).filter((end) => end > start);
    const end = ends.reverse().find((each) => MEANING.has(words.slice(start, each).join(' ')));
    if (end === undefined) return undefined;
    answers.add(MEANING.get(words.slice(start, end).join(' ')));
    start = end;
  }
  return answers.size === 1 ? [...answers][0] : undefined;
}
