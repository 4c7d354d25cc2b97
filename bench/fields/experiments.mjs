/**
 * What is switched off of a training plan, and where. `with` and `without` change the template's plan on the table; a
 * field that the template sets there by itself has no `with`. All else is equal: rows, seed, number of models.
 */

const distance = {
  name: 'from_centre',
  inputs: ['latitude', 'longitude'],
  output: 'number',
  code: [
    'def from_centre(latitude, longitude):',
    '    """How far it is to the capitol, in degrees of latitude."""',
    '    north = latitude - 38.5767',
    '    east = (longitude + 121.4934) * 0.78',
    '    return (north ** 2 + east ** 2) ** 0.5',
  ].join('\n'),
};

const trees = { algorithms: ['XGBoost', 'GBM'] };
const inFolds = (plan, validation) => ({ validation: { ...plan.validation, ...validation } });

/** Scored on the same sealed rows. */
export const TABLES = [
  ...['movielens', 'restaurants', 'flights'].map((table) => ({
    field: 'target_encoding',
    table,
    without: () => ({ target_encoding: [] }),
  })),
  { field: 'text_features', table: 'tate', without: () => ({ text_features: [] }) },
  { field: 'text_features', table: 'tweets', without: () => ({ text_features: [] }) },
  { field: 'target_transform', table: 'car_prices', models: 8, without: () => ({ target_transform: 'none' }) },
  { field: 'target_transform', table: 'ames', models: 8, without: () => ({ target_transform: 'none' }) },
  {
    field: 'target_transform',
    table: 'sacramento',
    asked: 'rmsle',
    with: () => ({ target_transform: 'log' }),
    without: () => ({ target_transform: 'none' }),
    note: 'judged by the relative error, which the user asked for',
  },
  {
    field: 'monotone_increasing',
    table: 'sacramento',
    with: () => ({ ...trees, monotone_increasing: ['sqft'] }),
    without: () => trees,
  },
  {
    field: 'monotone_decreasing',
    table: 'car_prices',
    with: () => ({ ...trees, monotone_decreasing: ['Mileage'] }),
    without: () => trees,
  },
  {
    field: 'functions',
    table: 'sacramento',
    with: () => ({ functions: [distance] }),
    without: () => ({ functions: [] }),
  },
  ...['chile', 'lending', 'attrition'].map((table) => ({
    field: 'balance_classes',
    table,
    asked: 'balanced_accuracy',
    without: () => ({ balance_classes: false }),
    note: 'judged by balanced accuracy, as the user asked',
  })),
  // As many models as a job has by default: the first of each family is all that four would train.
  ...['titanic', 'german', 'apartments', 'sacramento'].map((table) => ({
    field: 'algorithms',
    table,
    models: 10,
    without: () => ({ algorithms: ['GBM'] }),
    note: 'without: one family, no ensemble',
  })),
  {
    field: 'features',
    table: 'apartments',
    without: (plan, report) => ({ features: allColumns(plan, report) }),
    note: 'without: every column, numbers of rows too',
  },
  ...['sacramento', 'apartments', 'german', 'titanic'].map((table) => ({
    field: 'validation.folds',
    table,
    without: (plan) => inFolds(plan, { folds: 2 }),
    note: 'without: two folds',
  })),
];

function allColumns({ target }, { dataset }) {
  return dataset.columns.map(({ name }) => name).filter((name) => name !== target);
}

/**
 * What the sealed rows promise against what rows of after, or of other groups, show: those are kept from the training.
 * A scheme earns its place by promises that hold.
 */
export const PROMISES = [
  {
    field: 'validation.group_column',
    table: 'math',
    kept: { by: 'group', column: 'childid' },
    without: (plan, report) => ({
      ...inFolds(plan, { scheme: 'random', group_column: null }),
      features: report.features,
    }),
    note: 'without: rows drawn at random, and the child a feature',
  },
  {
    field: 'validation.scheme',
    table: 'hotel',
    kept: { by: 'time', column: 'arrival_date' },
    with: (plan) => ({
      date_column: 'arrival_date',
      ...inFolds(plan, { scheme: 'time', holdout_rows: 1600, holdout_fraction: null }),
    }),
    note: 'with: date_column, and the latest rows sealed; without: rows drawn at random',
  },
];

/** Scored by the learnt models' backtest and by the sealed steps of what is shipped. */
export const SERIES = [
  {
    field: 'lags',
    set: 'M3 monthly',
    without: () => ({ lags: [1] }),
    note: 'without: the last value alone (an empty list takes the runtime’s own lags)',
  },
  { field: 'windows', set: 'M3 monthly', without: () => ({ windows: [] }) },
  { field: 'calendar', set: 'M3 monthly', without: () => ({ calendar: false }) },
  { field: 'lags', set: 'sunspots', without: () => ({ lags: [1] }) },
  { field: 'windows', set: 'sunspots', without: () => ({ windows: [] }) },
  { field: 'calendar', set: 'departures', without: () => ({ calendar: false }) },
  { field: 'lags', set: 'departures', without: () => ({ lags: [1] }) },
  { field: 'lags', set: 'bicycles', without: () => ({ lags: [1] }) },
  { field: 'windows', set: 'bicycles', without: () => ({ windows: [] }) },
  { field: 'calendar', set: 'bicycles', without: () => ({ calendar: false }) },
  { field: 'holidays', set: 'bicycles', with: () => ({ holidays: 'US-DC' }) },
  { field: 'holidays', set: 'births', with: () => ({ holidays: 'US' }) },
];

/** Fields that say what is asked or what it may cost: without them there is no other score, but another question. */
export const NOT_SCORED = {
  schema_version: 'the version of the plan',
  task: 'what is asked',
  target: 'what is asked',
  metric: 'what is asked: it decides which model leads',
  series_id_columns: 'which rows are one series',
  frequency: 'the distance of the steps; told by the data',
  horizon: 'what is asked',
  'validation.holdout_rows': 'how much is sealed',
  'validation.holdout_fraction': 'how much is sealed',
  max_models: 'a limit',
  max_runtime_secs: 'a limit',
  sample_rows: 'a limit: what does not fit the heap is not trained',
  heap_mb: 'a limit',
  seed: 'the same again',
  rationale: 'for the reader',
};
