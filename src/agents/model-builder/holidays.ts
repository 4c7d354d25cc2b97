import type { AnalysisReport } from '../../contracts/analysis';
import { HolidayRegion } from '../../contracts/plans';

/** Steps so fine that one day matters. */
const UNITS: readonly string[] = ['D', 'B', 'h', 'min'];
const ASKED = /\b(?:holidays?|feiertag\w*|festivos?|feriados?|jours? f[ée]ri[ée]s?)\b/i;
const CODE = /\b[A-Z]{2}-[A-Z0-9]{1,3}\b/;
const LANGUAGES = ['en', 'es', 'de', 'fr', 'pt'];
/** Codes of ISO 3166 that are no country's. */
const NO_COUNTRIES: readonly string[] = ['EU', 'EZ', 'UN', 'QO', 'XA', 'XB', 'ZZ'];
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];

let named: [name: string, code: string][] | undefined;

/** Whose public holidays a forecast is to know: as asked for, or as the goal says in so many words. */
export function holidayRegion(report: AnalysisReport, prompt: string, asked: string | undefined): string | null {
  if (report.task !== 'forecasting' || !report.frequency || !UNITS.includes(report.frequency.unit)) return null;
  return asked ?? (ASKED.test(prompt) ? regionIn(prompt) : null);
}

function regionIn(prompt: string): string | null {
  const code = HolidayRegion.safeParse(CODE.exec(prompt)?.[0]).data;
  if (code) return code;
  const words = ` ${prompt.toLowerCase().replaceAll(/[^\p{L}]+/gu, ' ')} `;
  return countries().find(([name]) => words.includes(` ${name} `))?.[1] ?? null;
}

/** Countries by their names in several languages, longest first: Guinea-Bissau is not Guinea. */
function countries(): [name: string, code: string][] {
  named ??= LANGUAGES.flatMap((language) => {
    const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
    return codes
      .filter((code) => !NO_COUNTRIES.includes(code))
      .flatMap((code): [string, string][] => {
        const name = names.of(code);
        return name ? [[name.toLowerCase().replaceAll(/[^\p{L}]+/gu, ' '), code]] : [];
      });
  }).sort(([one], [other]) => other.length - one.length);
  return named;
}
