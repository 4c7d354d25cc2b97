import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { AnalysisInput, JobBrief } from '../agents/agent';
import { columnsToRead } from '../agents/data-processor';
import { Dataset } from '../contracts/dataset';
import type { DatasetOverrides } from '../contracts/dataset-overrides';
import type { JobView } from '../contracts/jobs';
import type { AnalysisSummary, StepInput } from '../contracts/steps';
import { isAnotherTurn, type AnotherTurn } from '../contracts/turns';
import { countRepeatedRows, prepareDataset, readColumns, readEvenSample, readRows } from '../data';
import { writeRowIndex } from '../data/pages';
import { profileOf, uploadedFile } from '../entities';
import type { Dependencies } from './dependencies';
import { Doubts, type Settling } from './doubts';
import { whileAlive } from './liveness';
import type { StoredSteps } from './stored-steps';
import { Workspace, publish, writeAtomically } from './workspace';

const SAMPLE_ROWS = 200;
const EVEN_ROWS = 20_000;
const DATE_VALUES = 200_000;

/** The column formats that the user chose where the file leaves them open. */
type DateFormats = Record<string, string>;

interface Ground {
  job: JobView;
  step: StepInput;
  workspace: Workspace;
}

/** Reads the data once and has it analysed; where the job wants that, its user is asked first what they leave open. */
export async function analyse(
  deps: Dependencies,
  steps: StoredSteps,
  step: StepInput,
): Promise<AnalysisSummary | AnotherTurn> {
  const { store, config, agents } = deps;
  const job = await steps.job(step);
  const workspace = new Workspace(config.codingDir, step.job_id);
  const ground = { job, step, workspace };
  const brief = steps.brief(job);
  const settling: Settling = {
    prepare: (formats, signal) => preparedOnce(deps, ground, { formats, signal }),
    look: (dataset, asked) => lookAt(workspace, dataset, asked),
  };
  const settled = job.options.ask
    ? await whileAlive((signal) => new Doubts(deps, step).settle(brief, settling, signal))
    : { brief, formats: {} };
  if (isAnotherTurn(settled)) return settled;
  const report = await steps.askInTurns(agents.dataProcessor, 'analysis', step, async (signal) => {
    const dataset = await preparedOnce(deps, ground, { formats: settled.formats, signal });
    return await lookAt(workspace, dataset, settled.brief);
  });
  if (isAnotherTurn(report)) return report;
  await writeAtomically(workspace.file('dataset.json'), JSON.stringify(report.dataset, null, 2));
  await store.updateJob(step, { target_column: report.target.column, metric: report.metric });
  return {
    task: report.task,
    target: report.target.column,
    rows: report.dataset.rows,
    columns: report.dataset.columns.length,
    horizon: report.horizon,
  };
}

/** What the analysis looks at of the canonical file. */
async function lookAt(workspace: Workspace, dataset: Dataset, job: JobBrief): Promise<AnalysisInput> {
  const wanted = columnsToRead(dataset, job);
  const size = { rows: dataset.rows, columns: dataset.columns.length };
  return {
    job,
    dataset,
    sample: (await readRows(workspace.dataset, { offset: 0, limit: SAMPLE_ROWS })).rows,
    even: await readEvenSample(workspace.dataset, { ...size, limit: EVEN_ROWS }),
    repeated_rows: await countRepeatedRows(workspace.dataset, { ...size, bytes: dataset.bytes }),
    date_values: await readColumns(workspace.dataset, wanted.dates, DATE_VALUES),
    id_values: await readColumns(workspace.dataset, wanted.ids, DATE_VALUES),
  };
}

/** A version of a data set is prepared already, with the user's decisions; undefined for an upload as it came. */
async function takeVersion(source: string, workspace: Workspace): Promise<Dataset | undefined> {
  const profile = await readFile(profileOf(source), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (profile === undefined) return undefined;
  await publish(source, workspace.dataset);
  const { columns, ...dataset } = Dataset.parse(JSON.parse(profile));
  // Its dates are written out by now: there is no file left that could be read otherwise.
  return { ...dataset, columns: columns.map(({ ambiguous: _ambiguous, ...column }) => column) };
}

/** Preparing half a gigabyte takes a while: it is done in the first turn, and found by the others. */
async function preparedOnce(
  { store, config, datasets }: Dependencies,
  { job, step, workspace }: Ground,
  { formats, signal }: { formats: DateFormats; signal: AbortSignal },
): Promise<Dataset> {
  const chosen = Object.keys(formats).length > 0;
  const kind = chosen ? 'dataset-as-answered' : 'dataset';
  const known = await store.getOutput(step.job_id, 'analysis', kind, step.attempt);
  if (known) return Dataset.parse(known);
  const source = uploadedFile(config.uploadDir, job.dataset_path ?? '');
  const overrides = (await datasets.overridesOfJob(job.id)) ?? undefined;
  const dataset =
    (await takeVersion(source, workspace)) ??
    (await prepareDataset({
      source,
      sourceName: path.basename(job.dataset_path ?? ''),
      destination: workspace.dataset,
      overrides: chosen ? withFormats(overrides, formats) : overrides,
      signal,
    }));
  await writeRowIndex(workspace.dataset);
  await store.saveOutput(step, 'analysis', step.attempt, kind, dataset);
  return dataset;
}

/** Overrides name a column as it is called before the user's own name for it. */
function withFormats(overrides: DatasetOverrides = {}, formats: DateFormats): DatasetOverrides {
  const columns = { ...overrides.columns };
  for (const [name, format] of Object.entries(formats)) {
    const detected = Object.keys(columns).find((each) => columns[each]!.name === name) ?? name;
    columns[detected] = { ...columns[detected], format };
  }
  return { ...overrides, columns };
}
