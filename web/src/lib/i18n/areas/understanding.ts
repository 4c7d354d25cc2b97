/** A point of a learning curve, written out. */
interface Measured {
  rows: string;
  score: string;
}

const stepInEnglish = (metric: string, before: Measured, after: Measured) =>
  `on rows not seen, ${metric} went from ${before.score} with ${before.rows} rows to ${after.score} with ${after.rows}.`;
const stepInSpanish = (metric: string, before: Measured, after: Measured) =>
  `en filas no vistas, ${metric} pasó de ${before.score} con ${before.rows} filas a ${after.score} con ${after.rows}.`;

/** Words of what a model listens to, why it said what of a row, and how far its score can be trusted. */
const en = {
  trust: 'How sure the score is',
  trustHint: 'Measured on rows that the training never saw, and on the parts that each training left out.',
  interval: (metric: string, low: string, high: string, level: number) =>
    `With ${level}% confidence, ${metric} lies between ${low} and ${high}.`,
  beatsNaive: 'All of that range is better than the naive model.',
  mayNotBeatNaive: 'The range reaches to models no better than the naive one: more data would tell.',
  nothingYet: 'What the model listens to, and where it errs, appears here once it is trained.',
  noInterval: 'There are too few rows, or too many, for an interval to mean anything.',
  sealed: 'Rows never seen',
  chosen: 'Where it was chosen',
  training: 'Rows trained on',
  parts: 'Part by part',
  partsRange: (low: string, high: string) => `${low} to ${high}`,
  partsLabel: (count: number) => `The score on each of ${count} parts.`,
  importance: 'What the model listens to',
  importanceHint: (metric: string) => `How much worse ${metric} gets when a column's values are shuffled between rows.`,
  importanceLabel: (count: number) => `Bars: the ${count} columns that matter most.`,
  contributions: 'What drives the predictions',
  contributionsHint: (model: string) =>
    `Each point is a row: how far the column moved the prediction of ${model}, the best tree model. Stronger points are high values.`,
  contributionsLabel: (count: number) => `Points in ${count} rows, a row for each column.`,
  unit: {
    target: 'Added to the prediction',
    log_odds: 'Added to the log-odds',
    probability: 'Added to the probability',
    model: 'Added, on the scale of the model',
  } as Record<string, string>,
  toward: (unit: string, name: string) => `${unit} of ${name}`,
  reasons: 'Reasons of one row',
  reasonsOf: 'Row',
  feature: 'Column',
  value: 'Value',
  contribution: 'Contribution',
  dependence: 'How single columns act',
  dependenceHint: 'The mean prediction when the column is set to each value and all else stays as it is.',
  dependenceLabel: (name: string) => `The mean prediction over values of ${name}.`,
  prediction: 'Mean prediction',
  learning: 'Would more rows help?',
  learningHint: (metric: string, model: string) =>
    `${metric} of ${model}, trained again on growing shares of the rows. Where the lines stay far apart, it learns its own rows by heart.`,
  learningLabel: (count: number) => `Two lines over ${count} sizes of the training data: rows not seen and trained on.`,
  moreRowsHelp: (metric: string, before: Measured, after: Measured) =>
    `More rows would probably help: ${stepInEnglish(metric, before, after)}`,
  moreRowsHardlyHelp: (metric: string, before: Measured, after: Measured) =>
    `More rows alone would hardly help: ${stepInEnglish(metric, before, after)}`,
  notSeen: 'Rows not seen',
  rows: 'How many rows it was trained on',
  horizons: 'Error by distance',
  horizonsHint: 'How wrong the forecast was so many steps ahead, on the backtest; mean absolute error.',
  horizonsLabel: (count: number) => `Two lines over ${count} steps: this forecast and the naive one.`,
  steps: 'Steps ahead',
  forecast: 'This forecast',
  naive: 'Naive forecast',
  decomposition: 'Trend, season and the rest',
  decompositionHint: (season: number) => `The series taken apart; a season has ${season} steps.`,
  observed: 'Observed',
  trend: 'Trend',
  seasonal: 'Season',
  remainder: 'Remainder',
  partLabel: (name: string) => `${name} over time.`,
  score: 'Score new rows',
  scoreHint: 'Rows that the training never saw, with the columns of its data; the target is left out.',
  scoreForecastHint: 'Forecast further from the data of the job, or from a newer history with the same columns.',
  paste: 'Rows',
  pasteHint: 'A table with its header, or JSON: a list of objects.',
  chooseFile: 'Choose a CSV file',
  noFile: 'No file',
  scoreNow: 'Score',
  forecastNow: 'Forecast',
  downloadScored: 'All rows as CSV',
  /** Names that the system gives to what it makes of a series' past. */
  made: (name: string) => name,
};

const PAST: Record<string, string> = {
  calendar: 'calendario',
  holidays: 'días festivos',
  horizon: 'horizonte',
  'a year before': 'un año antes',
  series: 'serie',
  slope: 'pendiente',
  'slope ahead': 'pendiente prolongada',
  volatility: 'volatilidad',
  growth: 'crecimiento',
};

const es: typeof en = {
  trust: 'Cuán segura es la medida',
  trustHint: 'Medido en filas que el entrenamiento nunca vio y en las partes que cada entrenamiento dejó fuera.',
  interval: (metric, low, high, level) => `Con un ${level} % de confianza, ${metric} está entre ${low} y ${high}.`,
  beatsNaive: 'Todo ese intervalo es mejor que el modelo ingenuo.',
  mayNotBeatNaive: 'El intervalo llega a modelos no mejores que el ingenuo: más datos lo aclararían.',
  nothingYet: 'Aquí aparece en qué se fija el modelo, y dónde se equivoca, en cuanto esté entrenado.',
  noInterval: 'Hay muy pocas filas, o demasiadas, para que un intervalo signifique algo.',
  sealed: 'Filas nunca vistas',
  chosen: 'Donde se eligió',
  training: 'Filas entrenadas',
  parts: 'Parte por parte',
  partsRange: (low, high) => `de ${low} a ${high}`,
  partsLabel: (count) => `La medida en cada una de ${count} partes.`,
  importance: 'A qué atiende el modelo',
  importanceHint: (metric) => `Cuánto empeora ${metric} al mezclar los valores de una columna entre las filas.`,
  importanceLabel: (count) => `Barras: las ${count} columnas que más importan.`,
  contributions: 'Qué mueve las predicciones',
  contributionsHint: (model) =>
    `Cada punto es una fila: cuánto movió la columna la predicción de ${model}, el mejor modelo de árboles. Los puntos más intensos son valores altos.`,
  contributionsLabel: (count) => `Puntos en ${count} líneas, una por columna.`,
  unit: {
    target: 'Sumado a la predicción',
    log_odds: 'Sumado al logaritmo de las probabilidades',
    probability: 'Sumado a la probabilidad',
    model: 'Sumado, en la escala del modelo',
  },
  toward: (unit, name) => `${unit} de ${name}`,
  reasons: 'Razones de una fila',
  reasonsOf: 'Fila',
  feature: 'Columna',
  value: 'Valor',
  contribution: 'Aporte',
  dependence: 'Cómo actúa cada columna',
  dependenceHint: 'La predicción media al fijar la columna en cada valor y dejar todo lo demás igual.',
  dependenceLabel: (name) => `La predicción media según los valores de ${name}.`,
  prediction: 'Predicción media',
  learning: '¿Ayudarían más filas?',
  learningHint: (metric, model) =>
    `${metric} de ${model}, entrenado de nuevo con partes crecientes de las filas. Donde las líneas siguen lejos una de otra, se aprende sus filas de memoria.`,
  learningLabel: (count) =>
    `Dos líneas según ${count} tamaños de los datos de entrenamiento: filas no vistas y entrenadas.`,
  moreRowsHelp: (metric, before, after) => `Más filas probablemente ayudarían: ${stepInSpanish(metric, before, after)}`,
  moreRowsHardlyHelp: (metric, before, after) =>
    `Más filas por sí solas apenas ayudarían: ${stepInSpanish(metric, before, after)}`,
  notSeen: 'Filas no vistas',
  rows: 'Con cuántas filas se entrenó',
  horizons: 'Error según la distancia',
  horizonsHint: 'Cuánto erró el pronóstico a tantos pasos, en la prueba retrospectiva; error absoluto medio.',
  horizonsLabel: (count) => `Dos líneas a lo largo de ${count} pasos: este pronóstico y el ingenuo.`,
  steps: 'Pasos por delante',
  forecast: 'Este pronóstico',
  naive: 'Pronóstico ingenuo',
  decomposition: 'Tendencia, estación y resto',
  decompositionHint: (season) => `La serie descompuesta; una estación tiene ${season} pasos.`,
  observed: 'Observado',
  trend: 'Tendencia',
  seasonal: 'Estación',
  remainder: 'Resto',
  partLabel: (name) => `${name} a lo largo del tiempo.`,
  score: 'Puntuar filas nuevas',
  scoreHint: 'Filas que el entrenamiento nunca vio, con las columnas de sus datos; sin el objetivo.',
  scoreForecastHint:
    'Pronosticar más allá de los datos del trabajo, o desde un historial más nuevo con las mismas columnas.',
  paste: 'Filas',
  pasteHint: 'Una tabla con su encabezado, o JSON: una lista de objetos.',
  chooseFile: 'Elegir un archivo CSV',
  noFile: 'Sin archivo',
  scoreNow: 'Puntuar',
  forecastNow: 'Pronosticar',
  downloadScored: 'Todas las filas como CSV',
  made: (name) => PAST[name] ?? name.replace(/^lag (\d+)$/, 'retardo $1').replace(/^window (\d+)$/, 'ventana $1'),
};

export const understanding = { en, es };
