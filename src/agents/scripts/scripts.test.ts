import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { RunConfig } from '../../contracts/execution';
import { PlotPlan, PredictionPlan, TrainingPlan } from '../../contracts/plans';
import { renderPlotScript, renderPredictionScript, renderTrainingScripts, type ScriptBrief } from '.';
import { literal, type PythonValue } from './python';

/** Golden scripts: rendered from the runtime's fixtures, and run for real by the runtime's pytest. */
const golden = path.join(__dirname, 'golden');
const fixtures = path.resolve(__dirname, '../../../runtime/h2o/fixtures');

const STAGES = { seal: 'seal', training: 'train', evaluate: 'evaluate' } as const;

function render(what: string, plan: unknown, brief: ScriptBrief): string {
  if (what in STAGES)
    return renderTrainingScripts(TrainingPlan.parse(plan), brief)[STAGES[what as keyof typeof STAGES]];
  if (what === 'prediction') return renderPredictionScript(PredictionPlan.parse(plan), brief);
  return renderPlotScript(PlotPlan.parse(plan), brief);
}

/** Feeds a program of Python's standard library with JSON and returns the JSON that it prints. */
function python(program: string, input: unknown): unknown {
  const run = spawnSync('python3', ['-c', program], { input: JSON.stringify(input), encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

const hostile = [
  '"""\nimport os; os.system("touch pwned")\n"""',
  "'); __import__('os') #",
  'trailing backslash \\',
  'line\u2028separator\u0085and\rreturn\n',
  '{braces} %s %(x)s ${y}',
  'right\u202eto left, zero\u0000byte, emoji 🚲, lone \ud800',
  'Umsätze – größer',
];

describe('golden scripts', () => {
  const cases = [...Object.keys(STAGES), 'prediction', 'visualization'].flatMap((what) =>
    ['forecast', 'table'].map((kind) => [what, kind] as const),
  );

  test.each(cases)('%s, %s', (what, kind) => {
    const raw = JSON.parse(readFileSync(path.join(fixtures, `config-${what}-${kind}.json`), 'utf8'));
    const config = RunConfig.parse(raw);
    const prompt = kind === 'forecast' ? 'How many bicycles will be rented in the next two weeks?' : hostile.join(' ');
    const rendered = render(what, raw.plan, { job_name: config.job_name, prompt, attempt: config.attempt });
    const file = path.join(golden, `${what}_${kind}.py`);
    if (process.env.UPDATE_GOLDEN) writeFileSync(file, rendered);
    expect(rendered).toBe(readFileSync(file, 'utf8'));
  });
});

test('what weighs the rows is told where they are loaded to be learnt from, and only there', () => {
  const raw = JSON.parse(readFileSync(path.join(fixtures, 'config-training-table.json'), 'utf8'));
  const plan = { ...TrainingPlan.parse(raw.plan), weight_column: 'persons "a day"' };
  const { seal, train, evaluate } = renderTrainingScripts(plan, { job_name: 'j', prompt: 'p', attempt: 1 });
  expect(train).toMatch(/load_training_rows\([^)]*weight_column="persons \\"a day\\""/);
  expect(seal + evaluate).not.toContain('weight_column');
});

describe('text from outside', () => {
  test('is the same text in Python, whatever it holds', () => {
    const texts = [...hostile, ...fc.sample(fc.string({ unit: 'binary' }), 300)];
    const evaluated = python(
      'import sys, json, ast; print(json.dumps([ast.literal_eval(text) for text in json.load(sys.stdin)]))',
      texts.map((text) => literal(text)),
    );
    expect(evaluated).toEqual(texts.map((text) => text.replace(/[\ud800-\udfff]/gu, '\ufffd')));
  });

  test('never becomes code: the script has the same statements with any names', () => {
    const raw = JSON.parse(readFileSync(path.join(fixtures, 'config-training-forecast.json'), 'utf8'));
    const scripts = [...hostile, ...fc.sample(fc.string({ unit: 'grapheme' }), 50)].map((text) =>
      Object.values(
        renderTrainingScripts(
          { ...TrainingPlan.parse(raw.plan), target: text, series_id_columns: [text], rationale: text },
          { job_name: text, prompt: text, attempt: 1 },
        ),
      ).join('\n'),
    );
    // The tree without its constants: names, calls and statements.
    const shapes = python(
      `import sys, json, ast
def shape(node):
    if isinstance(node, ast.Constant): return 'constant'
    return [type(node).__name__, getattr(node, 'id', ''), [shape(child) for child in ast.iter_child_nodes(node)]]
print(json.dumps([shape(ast.parse(text)) for text in json.load(sys.stdin)]))`,
      scripts,
    ) as unknown[];
    for (const shape of shapes) expect(shape).toEqual(shapes[0]);
  });

  test.each([[Number.NaN], [Number.POSITIVE_INFINITY]])('%s has no literal', (value) => {
    expect(() => literal(value)).toThrow(RangeError);
  });

  test.each<[PythonValue, string]>([
    [null, 'None'],
    [true, 'True'],
    [-1.5, '-1.5'],
    [['a', [1]], '["a", [1]]'],
    [{ call: 'Frequency', arguments: { unit: 'D' } }, 'Frequency(unit="D")'],
    [{ name: 'forecaster.covariates' }, 'forecaster.covariates'],
  ])('%j is %s', (value, expected) => {
    expect(literal(value)).toBe(expected);
  });

  test('names of calls and arguments are ours alone', () => {
    expect(() => literal({ name: 'x); import os' })).toThrow(RangeError);
    expect(() => literal({ call: 'f', arguments: { 'a=1, b': 2 } })).toThrow(RangeError);
  });
});
