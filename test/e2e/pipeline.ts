import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { fromBufferPromise } from 'yauzl';
import type { ArchiveManifest } from '../../src/api/jobs/archive';
import type { Insight } from '../../src/contracts/insight';
import type { JobView, ModelView, PlanView } from '../../src/contracts/jobs';
import type { ScoredRows } from '../../src/contracts/scores';
import { RestClient } from '../support/client';
import { scoreAlone } from '../support/fresh-container';
import { childLog, startStack, type TestStack } from '../support/stack';

const EXAMPLES = path.join(__dirname, '..', '..', 'examples');
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

type Row = Record<string, string>;

/**
 * The main job on real data and real H2O, over HTTP, in one engine: run by the file of each engine.
 * @param started is told the data folder before anything runs
 */
export function describePipeline(
  engine: 'local' | 'docker',
  started: (dataDir: string) => Promise<void> = async () => undefined,
): void {
  let stack: TestStack;
  let client: RestClient;

  beforeAll(async () => {
    stack = await startStack({ env: { EXECUTION_ENGINE: engine } });
    client = new RestClient(stack.url);
    await started(stack.dataDir);
  }, 600_000);
  afterAll(async () => await stack?.stop(), 60_000);

  async function run(file: string, job: Record<string, unknown>): Promise<JobView> {
    const id = await client.createJob(job);
    await client.upload(id, path.join(EXAMPLES, file));
    const final = await client.final(id, 400);
    if (final.status !== 'completed') {
      throw new Error(`${final.status}: ${final.error_message}\n${await childLog(stack, 'worker')}`);
    }
    return final;
  }

  test('a dated series: trained, forecast and drawn', async () => {
    const job = await run('bike_sharing_daily.csv', {
      name: 'Bikes',
      prompt: 'Forecast the total rentals for the next 14 days',
      target_column: 'total_rentals',
      holidays: 'US-DC',
      max_models: 3,
    });
    expect(job).toMatchObject({ progress: 100, final: true, error: null, engine, phase: 'final_check' });
    expect(job.score).toBeGreaterThan(0);

    const rows = csv((await client.file(`/jobs/${job.id}/predictions_csv`)).bytes);
    const history = csv(readFileSync(path.join(EXAMPLES, 'bike_sharing_daily.csv')));
    const last = history
      .map((row) => row['date']!)
      .sort()
      .at(-1)!;
    expect(rows).toHaveLength(14);
    expect(rows[0]!['date']).toBe(dayAfter(last));
    expect(new Set(rows.map((row) => row['forecast'])).size).toBeGreaterThan(1);
    expect(rows.every((row) => Number(row['forecast']) > 0)).toBe(true);

    const plot = await client.file(`/jobs/${job.id}/forecast_plot`);
    expect(plot.type).toBe('image/png');
    expect(plot.bytes.subarray(0, 4)).toEqual(PNG);
    expect(plot.bytes.length).toBeGreaterThan(10_000);

    expect((await client.json<PlanView>(`/jobs/${job.id}/plan`)).plan.holidays).toBe('US-DC');
    const { importance, learning_curve } = await client.json<Insight>(`/jobs/${job.id}/insight`);
    expect(learning_curve).toBeNull();
    expect(importance.map(({ feature }) => feature)).toContain('holidays');

    const [model] = await client.json<ModelView[]>(`/jobs/${job.id}/models`);
    expect(model!.metrics['mae']).toBeCloseTo(job.metric === 'mae' ? job.score! : model!.metrics['mae']!, 6);
    expect(model!.baseline!.metrics['mae']).toBeGreaterThan(0);
    const archive = await client.file(`/models/${model!.id}/download`);
    expect(archive.bytes.subarray(0, 2).toString()).toBe('PK');
    if (engine === 'docker') {
      const served = (await client.file(`/jobs/${job.id}/predictions_csv`)).bytes;
      expect((await scoreAlone(archive.bytes)).toString()).toBe(served.toString());
    }

    const further = await score(job, { horizon: 20 });
    expect(further).toMatchObject({ rows: 20, columns: Object.keys(rows[0]!) });
    expect(further.first_rows.slice(0, 14)).toEqual(rows.map((row) => Object.values(row)));
    await expectTraces(job);
    await expectReadableHistory(job);
    await expectWholeArchive(job);
  }, 420_000);

  test('a table of two classes: trained, scored on sealed rows and drawn', async () => {
    const job = await run('breast_cancer.csv', {
      name: 'Tumours',
      prompt: 'Predict whether the tumour is malignant',
      target_column: 'diagnosis',
      max_models: 2,
      seed: 7,
    });
    const rows = csv((await client.file(`/jobs/${job.id}/predictions_csv`)).bytes);
    expect(rows.length).toBeGreaterThan(50);
    expect(Object.keys(rows[0]!)).toEqual(expect.arrayContaining(['prediction']));
    const [model] = await client.json<ModelView[]>(`/jobs/${job.id}/models`);
    expect(model!.metrics['auc']).toBeGreaterThan(0.9);
    expect((await client.file(`/jobs/${job.id}/forecast_plot`)).bytes.subarray(0, 4)).toEqual(PNG);
    await expectScored(job, model!);
    const insight = await client.json<Insight>(`/jobs/${job.id}/insight`);
    expect(insight.interval!.low).toBeLessThanOrEqual(model!.metrics['auc']!);
    expect(insight.importance.length).toBeGreaterThan(5);
    const sizes = insight.learning_curve!.points.map((point) => point.rows);
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes).toEqual([...new Set(sizes)].sort((a, b) => a - b));
  }, 420_000);

  const score = async (job: JobView, body: object) =>
    await client.json<ScoredRows>(`/jobs/${job.id}/score`, { method: 'POST', body: JSON.stringify(body) });

  /** Rows that come as JSON, by the model inside the system and by its archive alone; and rows that do not fit. */
  async function expectScored(job: JobView, model: ModelView): Promise<void> {
    const known = csv(readFileSync(path.join(EXAMPLES, 'breast_cancer.csv'))).slice(0, 4);
    const rows = known.map(({ diagnosis: _, ...features }) => features);
    const scored = await score(job, { rows });
    const file = await client.file(`/jobs/${job.id}/scores/${scored.id}/predictions_csv`);
    expect(csv(file.bytes).map((row) => Object.values(row))).toEqual(scored.first_rows);
    const predicted = csv(file.bytes).map((row) => [row['prediction'], row['probability_malignant']]);
    expect(predicted.map(([label]) => label)).toEqual(known.map((row) => row['diagnosis']));
    if (engine === 'docker') {
      const names = Object.keys(rows[0]!);
      const table = [names, ...rows.map((row) => names.map((name) => row[name]))]
        .map((line) => line.join(','))
        .join('\n');
      const archive = await client.file(`/models/${model.id}/download`);
      const alone = csv(await scoreAlone(archive.bytes, Buffer.from(table)));
      expect(alone.map((row) => [row['prediction'], row['probability_malignant']])).toEqual(predicted);
    }
    const { mean_radius: _, ...less } = rows[0]!;
    await expect(score(job, { rows: [less] })).rejects.toThrow(/ 422 .*mean_radius.*column_missing/s);
    await expect(score(job, { rows: [{ ...rows[0], mean_radius: 'huge' }] })).rejects.toThrow(
      / 422 .*mean_radius.*value_unfit/s,
    );
  }

  /** Everything a person may look at afterwards is there, and nothing is left at the engine. */
  async function expectTraces(job: JobView): Promise<void> {
    const scripts = await client.json<{ script_type: string; script_content: string }[]>(`/jobs/${job.id}/scripts`);
    expect(scripts.map((script) => script.script_type)).toEqual(['training', 'prediction', 'visualization']);
    expect(scripts.every((script) => script.script_content.includes('automl_runtime'))).toBe(true);
    const messages = await client.json<{ agent_name: string }[]>(`/jobs/${job.id}/messages`);
    const spoke = new Set(messages.map((message) => message.agent_name));
    expect([...spoke].sort()).toEqual(
      ['Analyst', 'CodeExecutor', 'DataProcessor', 'ModelBuilder', 'Prediction', 'Visualization'].sort(),
    );
    const resources = await client.json<{ memory_bytes: number }[]>(`/jobs/${job.id}/resources`);
    expect(resources.length).toBeGreaterThan(0);
    const reports = await client.json<{ stage: string }[]>(`/jobs/${job.id}/reports`);
    expect(reports.map((report) => report.stage)).toEqual(expect.arrayContaining(['analysis', 'final_check']));
    const workspace = path.join(stack.dataDir, 'coding', `pipeline_${job.id}`);
    for (const file of [
      'dataset.csv',
      'training_script.py',
      'model.zip',
      'predictions.csv',
      'forecast_plot.png',
      'execution_logs.txt',
    ]) {
      expect([file, existsSync(path.join(workspace, file))]).toEqual([file, true]);
    }
  }

  /** One ZIP holds it all, each file as it is served alone, with the hash that its manifest tells. */
  async function expectWholeArchive(job: JobView): Promise<void> {
    const zip = await fromBufferPromise((await client.file(`/jobs/${job.id}/archive?dataset=true`)).bytes);
    const files = new Map<string, Buffer>();
    for await (const entry of zip.eachEntry()) {
      files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
    }
    const manifest = JSON.parse(files.get('manifest.json')!.toString()) as ArchiveManifest;
    const hashes = manifest.files.map(({ path: name, sha256 }) => [name, sha256]);
    const wanted = hashes.map(([name]) => [name, createHash('sha256').update(files.get(name!)!).digest('hex')]);
    expect(hashes).toEqual(wanted);
    expect(manifest.missing).toEqual([]);
    const artefacts = ['model.zip', 'predictions.csv', 'forecast_plot.png', 'figures.zip'];
    const parts = [...artefacts, 'dataset.csv', 'logs.ndjson', 'timeline.json'];
    expect([...files.keys()]).toEqual(
      expect.arrayContaining([...parts, 'scripts/training-1.py', 'reports/1-analysis.md']),
    );
    await expectFigures(job, files.get('figures.zip')!);
    const served = await client.file(`/jobs/${job.id}/predictions_csv`);
    expect(files.get('predictions.csv')!.equals(served.bytes)).toBe(true);
  }

  async function expectFigures(job: JobView, inArchive: Buffer): Promise<void> {
    const served = await client.file(`/jobs/${job.id}/figures`);
    expect([served.type, served.bytes.equals(inArchive)]).toEqual(['application/zip', true]);
    const zip = await fromBufferPromise(served.bytes);
    const names: string[] = [];
    for await (const entry of zip.eachEntry()) {
      names.push(entry.fileName);
      const picture = await buffer(await zip.openReadStreamPromise(entry));
      expect(picture.subarray(0, 4)).toEqual(PNG);
    }
    const drawn = names.map((name) => name.replace(/^\d\d-|\.png$/g, ''));
    expect(drawn).toEqual(['importance', 'contributions', 'errors-by-step', 'decomposition']);
  }

  /** The run can be read in Temporal: agent and phase in every activity's type, and no data or prompt. */
  async function expectReadableHistory(job: JobView): Promise<void> {
    const answer = await fetch(`${stack.temporalUrl}/api/v1/namespaces/default/workflows/automl-job-${job.id}/history`);
    const text = await answer.text();
    for (const type of [
      'DataProcessor.analysis',
      'ModelBuilder.training',
      'CodeExecutor.training',
      'Analyst.training',
    ]) {
      expect(text).toContain(type);
    }
    expect(text).not.toContain('Forecast the total rentals');
    expect(job.temporal_url).toContain(`automl-job-${job.id}`);
  }
}

function csv(bytes: Buffer): Row[] {
  return parse(bytes, { columns: true, skip_empty_lines: true }) as Row[];
}

function dayAfter(date: string): string {
  return new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);
}
