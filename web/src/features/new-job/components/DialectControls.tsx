import { Select, SimpleGrid } from '@mantine/core';
import type { DatasetInspection, DialectOverrides } from '../../../lib/types';
import { useI18n } from '../../../lib/i18n';

type Field = keyof typeof CHOICES;

const counts = (most: number) => Array.from({ length: most + 1 }, (_, count) => String(count));
const CHOICES = {
  delimiter: [',', ';', '\t', '|', ' ', ':', '^', '~'],
  decimal: ['.', ','],
  thousands: ['', ',', '.', ' ', "'"],
  encoding: [
    ...['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-1', 'iso-8859-15', 'cp850', 'macintosh'],
    ...['windows-1250', 'iso-8859-2', 'windows-1251', 'koi8-r', 'gb18030', 'big5', 'shift_jis', 'euc-kr'],
  ],
  header_rows: counts(5),
  preamble_lines: counts(30),
  quotechar: ['"', "'", ''],
} satisfies { [field in keyof DialectOverrides]?: string[] };
export const DIALECT_FIELDS = Object.keys(CHOICES) as Field[];
const COUNTED: readonly string[] = ['header_rows', 'preamble_lines'];
const AUTOMATIC = 'detected';

interface Props {
  seen: DatasetInspection | undefined;
  correction: DialectOverrides;
  refusal: { field: string | null; message: string } | null;
  onCorrect(patch: Partial<DialectOverrides>): void;
}

/** How the text is written, each part detected unless the reader knows better. */
export function DialectControls({ seen, correction, refusal, onCorrect }: Props) {
  const { t } = useI18n();
  const words = t.reading.dialect;
  const shown = (field: Field, value: string) => {
    if (field === 'encoding') return value.toUpperCase();
    const word = words.marks[value];
    if (COUNTED.includes(field) || word === undefined) return value;
    return value.trim() === '' ? word : `${word} ${value}`;
  };
  const automatic = (field: Field) => {
    const found = seen?.[field];
    return found === undefined || correction[field] !== undefined
      ? t.reading.detect
      : t.reading.detected(shown(field, String(found)));
  };
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, sm: 3 }} spacing="md" verticalSpacing="sm" pb={6}>
      {DIALECT_FIELDS.map((field) => {
        // A value is never empty here, for Mantine takes that as "nothing chosen".
        const data = CHOICES[field].map((value) => ({ value: `=${value}`, label: shown(field, value) }));
        return (
          <Select
            key={field}
            label={words.fields[field]}
            allowDeselect={false}
            data={[{ value: AUTOMATIC, label: automatic(field) }, ...data]}
            value={correction[field] === undefined ? AUTOMATIC : `=${correction[field]}`}
            error={refusal?.field === field ? refusal.message : null}
            onChange={(chosen) => onCorrect({ [field]: valueOf(field, chosen) })}
          />
        );
      })}
    </SimpleGrid>
  );
}

function valueOf(field: Field, chosen: string | null): string | number | undefined {
  if (chosen === null || chosen === AUTOMATIC) return undefined;
  const value = chosen.slice(1);
  return COUNTED.includes(field) ? Number(value) : value;
}
