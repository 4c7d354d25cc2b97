import { stat } from 'node:fs/promises';
import type { ColumnDecision, DatasetDecision } from '../../contracts/dataset-overrides';
import { AutomlError } from '../../contracts/failure';
import { inspectDataset } from '../../data';
import { EXIT, type ExitCode } from '../exit-codes';
import { plainText, table } from '../text';

/** Prints how a file is written and how each of its columns would be read. */
export async function inspectFile(file: string, options: { json: boolean; sample: boolean }): Promise<ExitCode> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) {
    const message = `There is no file ${file}.`;
    throw new AutomlError({ category: 'data', code: 'no_such_file', message, hint: 'Check the path.' });
  }
  const decision = await inspectDataset(file, { sampleOnly: options.sample });
  process.stdout.write(`${options.json ? JSON.stringify(decision, null, 2) : renderDecision(decision)}\n`);
  return EXIT.completed;
}

function renderDecision(decision: DatasetDecision): string {
  const { encoding, delimiter, quotechar, escapechar, row_delimiter, decimal, thousands, rows } = decision;
  const dialect = [
    ['encoding', encoding],
    ['delimiter', shown(delimiter)],
    ['quotes', `${shown(quotechar)}${escapechar === '' ? '' : `, escaped by ${shown(escapechar)}`}`],
    ['row ends', shown(row_delimiter)],
    ['lines left out', `${decision.preamble_lines} above, ${decision.footnote_lines} below`],
    ['header rows', String(decision.header_rows)],
    ['numbers', `decimal ${shown(decimal)}, thousands ${shown(thousands)}`],
    ['rows', `${decision.exact ? '' : 'about '}${rows}`],
    ['confidence', String(decision.confidence)],
  ];
  const columns = decision.columns.filter(({ dropped }) => !dropped).map(renderColumn);
  const notes = [
    ...decision.warnings.map((warning) => `! ${plainText(warning)}`),
    ...decision.alterations.map(
      ({ message, count, column }) => `- ${message} ${count}${column ? ` in ${plainText(column, 60)}` : ''}`,
    ),
  ];
  const heading = ['column', 'type', 'format', 'missing', 'first values'];
  return [table(dialect), '', table([heading, ...columns]), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

function renderColumn({ name, type, format, missing, samples }: ColumnDecision): string[] {
  const values = samples.slice(0, 3).map((sample) => plainText(sample, 20));
  return [plainText(name, 40), type, format ?? '', String(missing), values.join(' | ')];
}

function shown(mark: string): string {
  return mark === '' ? 'none' : JSON.stringify(mark);
}
