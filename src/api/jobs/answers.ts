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
