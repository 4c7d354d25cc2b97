/** Words of the training plan as its reader changes it. */
const en = {
  change: 'Change…',
  changeAndTrain: 'Train by another plan…',
  title: 'The training plan',
  text: 'What you change is decided; the agents choose the rest. The new plan is shown before anything is trained.',
  textResult: 'The model is trained again with what you change, and its result is shown again.',
  textFinal: 'The job trains again with what you change; what is finished before the training is kept.',
  features: (chosen: number, all: number) => `Columns to learn from (${chosen} of ${all})`,
  algorithms: 'Algorithms',
  lags: 'Past values, steps back',
  windows: 'Averages over the last … steps',
  steps: (most: number) => `At most ${most}`,
  folds: 'Validation folds',
  calendar: 'Weekday, month and the like of each date',
  balance: 'Balance rare classes',
  save: 'Make the plan again',
  train: 'Train again',
  done: 'The plan is made again.',
};

const es: typeof en = {
  change: 'Cambiar…',
  changeAndTrain: 'Entrenar con otro plan…',
  title: 'El plan de entrenamiento',
  text: 'Lo que cambie queda decidido; los agentes eligen lo demás. El nuevo plan se muestra antes de entrenar nada.',
  textResult: 'El modelo se entrena de nuevo con sus cambios, y su resultado se muestra otra vez.',
  textFinal: 'El trabajo vuelve a entrenar con sus cambios; se conserva lo terminado antes del entrenamiento.',
  features: (chosen, all) => `Columnas de las que aprender (${chosen} de ${all})`,
  algorithms: 'Algoritmos',
  lags: 'Valores pasados, pasos atrás',
  windows: 'Medias de los últimos … pasos',
  steps: (most) => `${most} como máximo`,
  folds: 'Pliegues de validación',
  calendar: 'Día de la semana, mes y demás de cada fecha',
  balance: 'Equilibrar clases poco frecuentes',
  save: 'Rehacer el plan',
  train: 'Entrenar de nuevo',
  done: 'El plan se rehace.',
};

export const plan = { en, es };
