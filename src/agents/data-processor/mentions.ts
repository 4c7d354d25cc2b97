import { plain, plainName, singular } from '../text';
import { COMMON_WORDS, CONCEPTS, SOURCE_CUES, TARGET_CUES } from './goal-words';

/** A column that the goal speaks of. */
export interface Mention {
  column: string;
  /** `quoted` and `named`: by its name; `meant`: by a part of it or by another word for the same thing. */
  how: 'quoted' | 'named' | 'meant';
  /** Where the goal asks for it: it follows "predict", "target", "objetivo" … */
  asked: boolean;
  /** Where the goal says that it is what the prediction is made from. */
  source: boolean;
}

const RANK: Record<Mention['how'], number> = { quoted: 0, named: 1, meant: 2 };
const LONGEST_NAME = 8;
/** Words that many names carry and that say nothing about what is meant. */
const WEAK_PARTS = new Set([
  'total',
  'number',
  'num',
  'count',
  'amount',
  'average',
  'mean',
  'avg',
  'name',
  'code',
  'per',
]);

/** The columns that a goal names or means, each once, the ones asked for first, then in the order of the words. */
export function readMentions(prompt: string, columns: readonly string[]): Mention[] {
  const words = plain(prompt).split(' ').map(singular);
  const places = phrasePlaces(words);
  const concepts = conceptPlaces(words);
  const quotes = quotedTexts(prompt);
  const roles = roleOfWords(plain(prompt));
  const found = columns.flatMap((column) => {
    const hit = locate(column, { prompt, places, concepts, quotes });
    return hit ? [{ column, ...hit }] : [];
  });
  return found
    .filter((hit) => hit.how === 'quoted' || !found.some((other) => swallows(other, hit)))
    .map(({ column, how, place }) => ({ column, how, place, ...roles(place) }))
    .sort((a, b) => Number(b.asked) - Number(a.asked) || RANK[a.how] - RANK[b.how] || a.place - b.place)
    .map(({ column, how, asked, source }) => ({ column, how, asked, source }));
}

interface Hit {
  how: Mention['how'];
  /** The position of its first word in the goal, and how many words it takes there. */
  place: number;
  length: number;
}

/** "total price" names the column total_price, not also the column price. */
function swallows(longer: Hit, shorter: Hit): boolean {
  const end = (hit: Hit) => hit.place + hit.length;
  return (
    longer.how !== 'meant' &&
    longer.length > shorter.length &&
    longer.place <= shorter.place &&
    end(longer) >= end(shorter)
  );
}

interface Ground {
  prompt: string;
  places: Map<string, number>;
  concepts: Map<number, number>;
  quotes: Set<string>;
}

function locate(column: string, ground: Ground): Hit | undefined {
  const parts = plainName(column).split(' ').filter(Boolean).map(singular);
  if (parts.length === 0) return undefined;
  const asWritten = plain(column).split(' ').map(singular).join(' ');
  const place = ground.places.get(parts.join(' ')) ?? ground.places.get(asWritten);
  const length = parts.length;
  if (ground.quotes.has(plain(column))) return { how: 'quoted', place: place ?? 0, length };
  if (place !== undefined && !(length === 1 && isCommon(parts[0]!))) return { how: 'named', place, length };
  if (place !== undefined && calledColumn(column, ground.prompt)) return { how: 'quoted', place, length };
  return shuffled(parts, ground) ?? partial(parts, ground);
}

/** All words of the name close together in another order: "total cost" for Cost Total. */
function shuffled(parts: readonly string[], ground: Ground): Hit | undefined {
  if (parts.length < 2) return undefined;
  const places = parts.flatMap((part) => ground.places.get(part) ?? []);
  if (places.length < parts.length) return undefined;
  const [first, last] = [Math.min(...places), Math.max(...places)];
  return last - first <= parts.length ? { how: 'named', place: first, length: last - first + 1 } : undefined;
}

/** One telling word of the name, or another word for the same thing. */
function partial(parts: readonly string[], ground: Ground): Hit | undefined {
  const place = parts
    .filter((part) => part.length > 3 && !isCommon(part) && !WEAK_PARTS.has(part))
    .map((part) => ground.places.get(part) ?? ground.concepts.get(conceptOf(part)))
    .find((found) => found !== undefined);
  return place === undefined ? undefined : { how: 'meant', place, length: 1 };
}

function isCommon(word: string): boolean {
  return word.length < 2 || COMMON_WORDS.has(word) || COMMON_WORDS.has(`${word}s`);
}

/** "column y", "la columna y", "target: y", "predict y": the name as it is written, beside the word that says so. */
function calledColumn(column: string, prompt: string): boolean {
  const escaped = column.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const cue = '(?:column|columna|coluna|colonne|spalte|variable|field|campo|target|objetivo|predict|forecast|predecir)';
  return new RegExp(`\\b${cue}(?: is| es| called| llamada| of)?\\s*[:=]?\\s*${escaped}(?![\\p{L}\\p{N}_])`, 'u').test(
    prompt,
  );
}

/** Every run of up to eight words of the goal with the position of its first word. */
function phrasePlaces(words: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  for (let length = 1; length <= LONGEST_NAME; length++) {
    for (let start = 0; start + length <= words.length; start++) {
      const phrase = words.slice(start, start + length).join(' ');
      if (!places.has(phrase)) places.set(phrase, start);
    }
  }
  return places;
}

const CONCEPT_OF_WORD = new Map(CONCEPTS.flatMap((words, concept) => words.map((word) => [word, concept] as const)));

/** Which idea a word stands for, -1 for none of ours. */
export function conceptOf(word: string): number {
  return CONCEPT_OF_WORD.get(singular(word)) ?? CONCEPT_OF_WORD.get(word) ?? -1;
}

function conceptPlaces(words: readonly string[]): Map<number, number> {
  const places = new Map<number, number>();
  words.forEach((word, place) => {
    const concept = conceptOf(word);
    if (concept >= 0 && !places.has(concept)) places.set(concept, place);
  });
  return places;
}

function quotedTexts(prompt: string): Set<string> {
  const pattern = /["“”«»`]([^"“”«»`]{1,200})["“”«»`]|(?<![\p{L}\p{N}])['‘]([^'’]{1,200})['’](?![\p{L}\p{N}])/gu;
  return new Set([...prompt.matchAll(pattern)].map((match) => plain(match[1] ?? match[2] ?? '')).filter(Boolean));
}

/** Tells for a word's position which kind of cue came last before it. */
function roleOfWords(goal: string): (place: number) => { asked: boolean; source: boolean } {
  const wordAt = (index: number) => goal.slice(0, index).split(' ').length - 1;
  const targets = [...goal.matchAll(TARGET_CUES)].map((match) => wordAt(match.index));
  const sources = [...goal.matchAll(new RegExp(SOURCE_CUES.source, 'g'))].map((match) => wordAt(match.index));
  const lastBefore = (cues: number[], place: number) => cues.filter((cue) => cue < place).at(-1) ?? -1;
  return (place) => {
    const target = lastBefore(targets, place);
    const source = lastBefore(sources, place);
    return { asked: target >= 0 && target > source && place - target <= 12, source: source > target };
  };
}
