/** Words of the questions that a job asks while it waits; choices that are named by the data come as the server says. */
const en = {
  title: {
    plan: 'The plan waits for your approval',
    budget: 'The budget for models is used up',
    final: 'The result waits for your word',
    choice: 'The job needs to know something',
  },
  plan: 'Approve the training plan, change it, or cancel the job.',
  budget: 'The job goes on with templates, or with models under a larger budget.',
  final: 'Keep it, have the model trained again with changes, or reject it.',
  better: (metric: string, score: string, naive: string, gain: string) =>
    `${metric} ${score} on rows that the model never saw, ${gain} better than the naive baseline (${naive}).`,
  worse: (metric: string, score: string, naive: string) =>
    `${metric} ${score} on rows that the model never saw: no better than the naive baseline (${naive}).`,
  alone: (metric: string, score: string) => `${metric} ${score} on rows that the model never saw.`,
  unmeasured: 'The quality of the model could not be measured.',
  otherwise: (choice: string, when: string) => `Without an answer until ${when}: ${choice}.`,
  choices: {
    'plan.approve': 'Approve',
    'plan.revise': 'Change…',
    'plan.reject': 'Reject',
    'budget.raise': 'Raise the budget…',
    'budget.approve': 'Go on with templates',
    'budget.reject': 'Cancel the job',
    'final.approve': 'Keep the result',
    'final.revise': 'Train again with changes…',
    'final.reject': 'Reject the result',
  } as Record<string, string>,
  limits: { calls: 'Calls', tokens: 'Tokens', usd: 'US dollars', minutes: 'Minutes' } as Record<string, string>,
  raise: 'Raise and go on',
  answered: 'Your answer has reached the job.',
  finalApproval: 'Show me the result before the job ends',
  ask: 'Ask me where the data leave a doubt',
  search: 'Drafts to try',
  searchHint: 'The one that validates best is kept.',
  drafts: (made: number, all: number) => `${made} of ${all} drafts`,
};

const es: typeof en = {
  title: {
    plan: 'El plan espera su aprobación',
    budget: 'El presupuesto para modelos se ha agotado',
    final: 'El resultado espera su palabra',
    choice: 'El trabajo necesita saber algo',
  },
  plan: 'Apruebe el plan de entrenamiento, cámbielo o cancele el trabajo.',
  budget: 'El trabajo sigue con plantillas, o con modelos si sube el presupuesto.',
  final: 'Consérvelo, haga entrenar el modelo de nuevo con cambios o rechácelo.',
  better: (metric, score, naive, gain) =>
    `${metric} ${score} en filas que el modelo nunca vio, ${gain} mejor que la referencia ingenua (${naive}).`,
  worse: (metric, score, naive) =>
    `${metric} ${score} en filas que el modelo nunca vio: no mejora la referencia ingenua (${naive}).`,
  alone: (metric, score) => `${metric} ${score} en filas que el modelo nunca vio.`,
  unmeasured: 'No se pudo medir la calidad del modelo.',
  otherwise: (choice, when) => `Sin respuesta hasta ${when}: ${choice}.`,
  choices: {
    'plan.approve': 'Aprobar',
    'plan.revise': 'Cambiar…',
    'plan.reject': 'Rechazar',
    'budget.raise': 'Subir el presupuesto…',
    'budget.approve': 'Seguir con plantillas',
    'budget.reject': 'Cancelar el trabajo',
    'final.approve': 'Conservar el resultado',
    'final.revise': 'Entrenar de nuevo con cambios…',
    'final.reject': 'Rechazar el resultado',
  },
  limits: { calls: 'Llamadas', tokens: 'Unidades de texto (tokens)', usd: 'Dólares', minutes: 'Minutos' },
  raise: 'Subir y seguir',
  answered: 'Su respuesta ha llegado al trabajo.',
  finalApproval: 'Mostrarme el resultado antes de terminar',
  ask: 'Preguntarme si los datos dejan dudas',
  search: 'Borradores que probar',
  searchHint: 'Se conserva el que mejor se valida.',
  drafts: (made, all) => `${made} de ${all} borradores`,
};

export const question = { en, es };
