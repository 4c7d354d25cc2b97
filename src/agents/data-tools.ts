import { z } from 'zod';
import type { Column, Dataset } from '../contracts/dataset';
import { tool, type Tool } from './tools';

/** Questions about the job's data that several agents may ask. */

const MOST_SAMPLE_ROWS = 50;
const MOST_COLUMNS = 20;

type HasDataset = { dataset: Dataset } | { report: { dataset: Dataset } };

function datasetOf(input: HasDataset): Dataset {
  return 'dataset' in input ? input.dataset : input.report.dataset;
}

export function fileSample<Input>(): Tool<Input> {
  return tool({
    name: 'get_file_sample',
    description: `Rows of the prepared data set, from a row number on (0 is the first), at most ${MOST_SAMPLE_ROWS}.`,
    parameters: z.object({ offset: z.int().min(0), limit: z.int().min(1).max(MOST_SAMPLE_ROWS) }),
    run: async (range, _input, reach) => await reach.readRows(range),
  });
}

export function csvAnalysis<Input extends HasDataset>(): Tool<Input> {
  return tool({
    name: 'read_and_analyze_csv',
    description: 'What is known of the whole file: rows, columns with their types, and what preparing it changed.',
    parameters: z.object({}),
    run: async (_none, input) => {
      const { source_name, rows, columns, dialect, alterations, warnings } = datasetOf(input);
      const brief = columns.map(({ name, type, missing, distinct }) => ({ name, type, missing, distinct }));
      const changes = alterations.map(({ code, column, count }) => ({ code, column, count }));
      return { source_name, rows, columns: brief, delimiter: dialect.delimiter, alterations: changes, warnings };
    },
  });
}

export function columnStatistics<Input extends HasDataset>(): Tool<Input> {
  return tool({
    name: 'column_statistics',
    description: `The statistics of up to ${MOST_COLUMNS} columns over the whole file: range, mean, quantiles, most frequent values.`,
    parameters: z.object({ columns: z.array(z.string()).min(1).max(MOST_COLUMNS) }),
    run: async ({ columns }, input) => {
      const known = new Map(datasetOf(input).columns.map((column) => [column.name, column]));
      return columns.map((name) => statisticsOf(known.get(name)) ?? { name, error: 'There is no such column.' });
    },
  });
}

function statisticsOf(column: Column | undefined) {
  if (!column) return undefined;
  const { name, type, missing, distinct, min, max, mean, stddev, quantiles, top_values } = column;
  return { name, type, missing, distinct, min, max, mean, stddev, quantiles, top_values: top_values.slice(0, 5) };
}

/** A column in one short object, for prompts that list many. */
export function columnBrief({ name, type, missing, distinct, min, max }: Column) {
  return { name, type, missing, distinct, min, max };
}
