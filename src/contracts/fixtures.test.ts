import { readFileSync } from 'node:fs';
import path from 'node:path';
import { RunConfig, RuntimeEvent, RuntimeResult } from './execution';
import { PlotPlan, PredictionPlan, TrainingPlan } from './plans';

/** The JSON that TypeScript and Python exchange; the runtime's pytest checks the same files from its side. */
const folder = path.resolve(__dirname, '../../runtime/h2o/fixtures');
const read = (name: string): Record<string, unknown> => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));

describe('fixtures of the runtime contract', () => {
  const plans = { training: TrainingPlan, prediction: PredictionPlan, visualization: PlotPlan };
  const configs = (['training', 'prediction', 'visualization'] as const).flatMap((phase) =>
    ['forecast', 'table'].map((kind) => ({ phase, kind })),
  );

  test.each(configs)('config-$phase-$kind.json is a RunConfig with its phase’s plan', ({ phase, kind }) => {
    const raw = read(`config-${phase}-${kind}.json`);
    expect(RunConfig.parse(raw)).toMatchObject({ phase, job_id: raw.job_id });
    // Nothing is lost in parsing: the plan has no field that the schema does not know.
    expect(plans[phase].parse(raw.plan)).toEqual(raw.plan);
  });

  test('every kind of event is a RuntimeEvent as it stands', () => {
    const events = read('events.json') as unknown as { event: string }[];
    expect(events.map((event) => RuntimeEvent.parse(event))).toEqual(events);
    expect(new Set(events.map(({ event }) => event))).toEqual(
      new Set(RuntimeEvent.options.map((option) => option.shape.event.value)),
    );
  });

  test.each(['succeeded', 'failed'])('result-%s.json is a RuntimeResult as it stands', (status) => {
    const raw = read(`result-${status}.json`);
    expect(RuntimeResult.parse(raw)).toEqual(raw);
    expect(raw.status).toBe(status);
  });
});
