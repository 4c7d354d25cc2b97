/**
 * What the scripts are made of, for models that ask: what the runtime's functions do, and what a choice does to a
 * training.
 */
export const FUNCTIONS: Readonly<Record<string, string>> = {
  seal_series:
    'Seal the last `holdout_rows` grid steps of the series: training gets the rows before them, and of the features those that are constant or known for the whole horizon.',
  load_history: 'Read the rows that may be trained on as dated series on the regular grid of all rows.',
  train_forecaster:
    'Train AutoML on a direct forecasting table, judged in time blocks, and choose the mean that forecasts.',
  load_all_series: 'Read all rows, the sealed ones too, as the series that the candidate was trained on.',
  evaluate_forecaster:
    'Forecast the sealed rows from where the history ends, and compare with what really happened and with naive.',
  explain_forecaster: 'What matters to the forecast, its error by horizon and origin, how sure its score is.',
  refit_forecaster: 'Train the chosen models again, with the same settings, on everything including the sealed rows.',
  seal_table: 'Seal rows that training never sees: the latest ones, whole groups, or drawn at random (class by class).',
  load_training_rows: 'Read the rows that may be trained on as a table for one task.',
  train_model: 'Train AutoML on the training rows, judged by folds inside them, and pick the best by the metric.',
  load_all_rows: 'Read all rows, the sealed ones too, as the table that the candidate was trained on.',
  evaluate_model: 'Predict the sealed rows and compare with the truth and with the naive model.',
  explain_model: 'What matters to the model, why it said what of single rows, how sure its score is.',
  refit_model: 'Train the winner again, with the same settings, on every row that has a target.',
  load_series: 'Read the data set as dated series on a regular grid.',
  forecast_future: "Forecast `horizon` steps after each series' own last observation.",
  predict_rows: 'Predict the rows without a target, or show the sealed rows with the predictions they were judged by.',
};

export const FIELDS: Readonly<Record<string, string>> = {
  features:
    'Columns that a model may learn from. A forecast uses those that are constant in a series or known for the whole horizon; others are left out by themselves.',
  lags: 'Forecasts only: how many steps back a value of the target is a feature. The season and its multiples say most.',
  windows: 'Forecasts only: lengths of the rolling windows over which the target is averaged.',
  calendar: 'Forecasts only: whether parts of the date (weekday, month, day of the year) are features.',
  holidays:
    'Forecasts in days or finer steps only: the country (ISO 3166, such as DE or US-CA) whose public holidays are features. Worth it where people work, shop or travel otherwise on such days; a wrong country is noise.',
  algorithms:
    "H2O's families. GLM is quick and linear; GBM and XGBoost find interactions; DRF is steady on noise; StackedEnsemble blends the others; DeepLearning is slow and not reproducible to the digit.",
  folds: 'Parts in which the training rows are judged: blocks in time for series, drawn for tables. More are slower.',
  max_models: 'Models that are trained at most, the ensemble aside. It may be lowered.',
  target_encoding:
    'Tables only: categories of many values that become the mean of their target, learnt inside each fold.',
  text_features: 'Tables only: free texts whose words become features.',
  target_transform: 'Tables only: whether a skewed positive target is learnt as its logarithm.',
  monotone_increasing: 'Tables only: numbers with which the prediction may only grow. It limits what trees can find.',
  monotone_decreasing: 'Tables only: numbers with which the prediction may only fall.',
  group_column: 'Tables only: rows of one group stay on one side of every split, as they must where groups repeat.',
  weight_column:
    'Tables only: the column of numbers from 0 up that says how much a row counts, in training and in every metric, as the weight of a survey does. It is no feature.',
  functions:
    'Tables only, where containers run: new features, each a small function of one row. Worth it where a ratio, a difference or a part of a text says what trees can not find in the columns themselves.',
  balance_classes:
    'Classification only: whether all classes weigh alike in training, however rare. Right for balanced_accuracy; it distorts probabilities, and so auc, logloss and accuracy.',
};
