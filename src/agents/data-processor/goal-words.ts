import type { Metric } from '../../contracts/analysis';

/**
 * The words by which people say what they want, without accents (see `plain`), in English, Spanish and, where it is
 * cheap, Portuguese, French and German. Data for goal.ts; a new phrase is a new entry here and a row in the corpus.
 */

export const HORIZON_UNITS = [
  'minute',
  'hour',
  'day',
  'business_day',
  'week',
  'month',
  'quarter',
  'year',
  'step',
] as const;
export type HorizonUnit = (typeof HORIZON_UNITS)[number];

/** Each unit's spellings, longest first, and how many units one of them is. */
export const UNIT_WORDS: readonly { words: string; unit: HorizonUnit; times: number }[] = [
  {
    words:
      '(?:business|trading|working|week) days?|dias? (?:habil(?:es)?|laborables?|laborales?|bursatil(?:es)?|ute?is|util)|werktagen?|arbeitstagen?|jours ouvr(?:es|ables)',
    unit: 'business_day',
    times: 1,
  },
  { words: 'minutes?|mins?|minutos?|minuten', unit: 'minute', times: 1 },
  { words: 'half hours?|medias? horas?', unit: 'minute', times: 30 },
  { words: 'hours?|hrs?|horas?|heures?|stunden?', unit: 'hour', times: 1 },
  { words: 'days?|dias?|jours?|tag(?:en?)?', unit: 'day', times: 1 },
  { words: 'fortnights?|quincenas?|quinzenas?', unit: 'week', times: 2 },
  { words: 'weeks?|semanas?|semaines?|wochen?', unit: 'week', times: 1 },
  { words: 'semestr[ae]s?|semesters?|half years?', unit: 'month', times: 6 },
  { words: 'bimestr[ae]s?', unit: 'month', times: 2 },
  { words: 'quarters?|trimestr[ae]s?|quartale?n?', unit: 'quarter', times: 1 },
  { words: 'months?|mes(?:es)?|mois|monat(?:en?)?', unit: 'month', times: 1 },
  { words: 'decades?|decadas?', unit: 'year', times: 10 },
  { words: 'years?|anos?|ans|annees?|jahr(?:en?)?', unit: 'year', times: 1 },
  {
    words:
      '(?:time |data |future )?(?:steps?|periods?|points?|observations?|values)|pasos?|periodos?|puntos?|observacion(?:es)?|schritten?|passos',
    unit: 'step',
    times: 1,
  },
];

export const NUMBER_WORDS: Readonly<Record<string, number>> = {
  ...{ a: 1, an: 1, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10 },
  ...{ eleven: 11, twelve: 12, fourteen: 14, fifteen: 15, eighteen: 18, twenty: 20, thirty: 30, sixty: 60, ninety: 90 },
  ...{ hundred: 100, 'a couple of': 2, 'couple of': 2, 'a dozen': 12, 'twenty four': 24, 'forty eight': 48 },
  ...{ un: 1, uno: 1, una: 1, dos: 2, tres: 3, cuatro: 4, cinco: 5, seis: 6, siete: 7, ocho: 8, nueve: 9, diez: 10 },
  ...{ once: 11, doce: 12, catorce: 14, quince: 15, dieciocho: 18, veinte: 20, veinticuatro: 24, treinta: 30 },
  ...{ 'un par de': 2, sesenta: 60, noventa: 90, cien: 100 },
  ...{ um: 1, uma: 1, dois: 2, duas: 2, quatro: 4, sete: 7, oito: 8, nove: 9, dez: 10, doze: 12, trinta: 30 },
  ...{ une: 1, deux: 2, trois: 3, quatre: 4, cinq: 5, sept: 7, huit: 8, dix: 10, douze: 12, trente: 30 },
  ...{ ein: 1, eine: 1, einen: 1, einem: 1, zwei: 2, drei: 3, vier: 4, funf: 5, sechs: 6, sieben: 7, acht: 8 },
  ...{ neun: 9, zehn: 10, zwolf: 12, dreissig: 30 },
};

/** Words between a number and its unit that change nothing: "the two coming months". */
export const FILLER =
  'full|whole|more|calendar|next|coming|following|upcoming|future|consecutive|proxim[oa]s?|siguientes?|prochaine?s?|nachsten?|kommenden|seguintes';

export const NEXT =
  'next|following|coming|upcoming|proxim[oa]s?|siguientes?|venider[oa]s?|prochaine?s?|suivante?s?|nachste[nrsm]?|kommende[nrsm]?|seguintes?';

/** Words close to a duration that make it a horizon, or make it something else; scores add up. */
export const BEFORE_HORIZON: readonly [RegExp, number][] = [
  [new RegExp(`\\b(?:${NEXT}|future|horizonte?|horizont|ahead|futur[oa]s|antelacion|anticipacion)\\b(?: \\S+)?$`), 3],
  [/\b(?:for|over|within|during|para|durante|pour|fur|pelos?|a|en|in|of|de|the|los|las)$/, 1],
  [
    /\b(?:forecast\w*|predict\w*|project\w*|pronostic\w*|predec\w*|predic\w*|proyect\w*|prever|prev\w*)(?: \S+){0,5}$/,
    1,
  ],
  [
    /\b(?:last|past|previous|prior|recent|trailing|every|each|per|cada|ultim[oa]s?|pasad[oa]s|anterior(?:es)?|previ[oa]s|dernier(?:e?s)?|letzten|chaque|jede[nrs]?|hace|rolling|lags?|ventanas?(?: de)?|windows?(?: of)?|least|older than|sampled at|movil(?:es)? de|average over)(?: (?:the|los|las|les))?$/,
    -6,
  ],
  [
    /\b(?:covers?|contains?|has|have|with|contiene|tiene|tenemos|abarca|hay|cubre|using|usando|from|based on|con|avec|desde|spanning|than)(?: (?:the|about|around|unos|unas|los|las|over|more than|mas de))?$/,
    -3,
  ],
];
export const AFTER_HORIZON: readonly [RegExp, number][] = [
  [
    /^(?:ahead|in advance|into the future|out\b|from now|forward|horizon|hacia (?:adelante|el futuro)|adelante|de antelacion|vista|futur[oa]s|siguientes|proxim[oa]s|que vienen|venider[oa]s|a frente|im voraus|voraus|de horizonte|a venir)/,
    3,
  ],
  [/^(?:[^|\s]+ ){0,2}(?:forecasts?|predictions?|projections?|outlook)\b/, 2],
  [
    /^(?:of |de )?(?:(?!using|usando|with|con|from|\|)\S+ ){0,2}(?:data|history|historical|datos|historia|historicos?|registros|records|readings|lecturas|donnees|daten)\b/,
    -6,
  ],
  [
    /^(?:ago|old|windows?|moving|rolling|lags?|averages?|intervals?|movil|atras|resolution|granularity|earlier|before)\b/,
    -6,
  ],
];

/** Phrases that are a horizon by themselves. */
export const FIXED_HORIZONS: readonly [RegExp, number, HorizonUnit][] = [
  [/\b(?:year and a half|one and a half years|ano y medio)\b/, 18, 'month'],
  [/\b(?:half a year|half year|medio ano|meio ano|halbes jahr)\b/, 6, 'month'],
  [/\b(?:tomorrow|(?:para|de|del dia de) manana|demain|fur morgen|amanha)\b/, 1, 'day'],
];

/** First match wins: the longer names come before the shorter ones that they contain. */
export const METRIC_WORDS: readonly [Metric, RegExp][] = [
  ['smape', /\bs ?mape\b|symmetric mean absolute percentage|porcentual (?:absoluto )?(?:medio )?simetrico/],
  [
    'mape',
    /\bmape\b|(?:absolute )?percent(?:age)? errors?|errore?s? (?:absolut[oa] )?(?:medio )?porcentual(?:es)?|error porcentual|erro percentual|prozentuale[nr]? fehler|erreur (?:absolue )?en pourcentage/,
  ],
  ['mase', /\bmase\b|mean absolute scaled error|absoluto escalado/],
  ['rmsle', /\brmsle\b|squared log(?:arithmic)? error|error logaritmico/],
  [
    'rmse',
    /\br?mse\b|mean squared? error|squared? errors?|error(?:es)? cuadratico|erro quadratico|erreur quadratique|quadratische[nr]? fehler/,
  ],
  [
    'mae',
    /\bmae\b|mean absolute errors?|average absolute errors?|error(?:es)? (?:medio absoluto|absoluto(?: medio)?)|erro (?:medio absoluto|absoluto)|erreur (?:absolue(?: moyenne)?|moyenne absolue)|absolute[nr]? fehler|average error|error promedio/,
  ],
  ['logloss', /\blog ?loss\b|cross entropy|entropia cruzada|perdida logaritmica|entropie croisee|kreuzentropie/],
  ['auc', /\b(?:roc )?auc\b|\bauroc\b|\broc\b|area under|area bajo|aire sous|area sob|\bgini\b/],
  [
    'balanced_accuracy',
    /\bbalanced (?:accuracy|error)|mean per.class error|(?:every|each|all) class(?:es)? (?:counts?|weighs?|matters?) (?:the same|equally|alike)|(?:exactitud|precision) (?:balanceada|equilibrada)|acuracia balanceada/,
  ],
  ['accuracy', /\baccuracy\b|\bexactitud\b|\bacuracia\b|\bgenauigkeit\b|\baciertos?\b|\bprecision\b/],
];

export const FORECAST_WORDS =
  /\bforecast\w*|\bpronostic\w*|\bproyec(?:tar|te|cion(?:es)?|ta)\b|\bprojec(?:tion|tions|oes|ao)\b|\bproject (?:the|our|future)|\bprevis\w*|\bprevoir\b|\bprevoyez\b|\bprever\b|\bprognos(?!is)\w*|\bvorhersage\b|\btime series\b|\bseries? (?:temporal(?:es)?|de tiempo|historica)|\bserie temporelle|\bzeitreihe|\bextrapol\w*|\bfuture (?:sales|demand|values|prices|consumption)|\b(?:ventas|demanda|valores|precios|consumo) futur[oa]s?|\bestimar la demanda futura/;
export const PREDICT_WORDS =
  /\bpredict\w*|\bpredec\w*|\bpredic\w*|\bpredi(?:ga|re|z|zer)\w*|\bpreve\w*|\bvorhersag\w*|\bprojec\w*|\bproyec\w*|\bestimat\w*|\bestim[ae]\w*|\banticip\w*|\bwill\b|\bwhat\b|\bcuant[oa]s?\b|\bcual(?:es)?\b|\bhow (?:much|many)\b/;
export const CLASSIFY_WORDS =
  /\bclassif\w*|\bclasific\w*|\bklassifi\w*|\bcategori[sz]\w*|\bwhether\b|\bprobab\w*|\blikelihood\b|\blikely to\b|\bwahrscheinlich\w*|\byes or no\b|\bsi o no\b|\bbinary\b|\bbinari[oa]\b|\bmulticlass\b|\bmulticlase\b|\bwhich (?:class|category|type|kind|species|customers?|users?|patients?|clients?|loans?|employees?|machines?)\b|\bque (?:clase|tipo|especie|categoria|clientes|usuarios|pacientes)\b|\bsi (?:el|la|un|una|cada|los|las) (?:\S+ ){1,3}(?:va|van|sera|seran|esta|es|se|no|ha|abandona\w*|paga\w*|sobreviv\w*|compra\w*|cancela\w*)\b|\bif (?:a|an|the|each) (?:\S+ ){1,3}(?:will|is|has|would|churns?|defaults?|survives?|survived)\b|\bidentif\w+ (?:fraud\w*|spam)|\bdetec\w+ (?:\S+ )?(?:fraud\w*|spam|anomal\w*)/;
export const CLASSIFY_TOPICS =
  /\bchurn\w*|\babandon\w*|(?<!by )\bdefault(?:s|ed)?\b|\bimpag[oa]\w*|\bmorosidad\b|\bsurviv\w*|\bsobreviv\w*|\bspam\b|\bfraud\w*|\bdiagnos\w*|\bmalign\w*|\bbenign\w*|\bsentiment\w*|\bapprov\w*|\baprob(?:ar|ado|acion)\b|\bspecies\b|\bespecies?\b|\battrition\b|\bkundigung\w*/;
export const REGRESSION_WORDS = /\bregres(?:sion|sao|ion|ja)\w*|\bregressor\b/;
export const ESTIMATE_WORDS =
  /\bestimat\w*|\bestim(?:ar|e|a)\b|\bhow much\b|\bcuanto\b|\bcuanta\b|\btasar\b|\bvalu(?:e|ation) of each\b|\bapprais\w*|\bschatze\w*|\bestimer\b/;

/** After one of these the next column that is named is what is wanted. */
export const TARGET_CUES =
  /\b(?:predict\w*|forecast\w*|estimat\w*|classif\w*|project|target\w*|label|outcome|predec\w*|predi(?:ga|ce|cir|ccion)\w*|pronostic\w*|estimar|estime|clasific\w*|proyec\w*|objetivo|prever|prevoir|previs\w*|predire|vorhersag\w*|prognos\w*|schatze\w*)\b/g;
/** After one of these the columns that are named are what the prediction is made from. */
export const SOURCE_CUES =
  /\b(?:from|using|based on|with|given|depending on|by|per|a partir de|usando|utilizando|segun|basad[oa]s? en|con|por|en funcion de|mediante|aus|mit|avec|selon)\b/;

/** Things that go by several names; a column that is called by one is meant by the others. */
export const CONCEPTS: readonly (readonly string[])[] = [
  ['sale', 'venta', 'venda', 'vente', 'umsatz', 'verkauf', 'verkaufe'],
  ['price', 'precio', 'preco', 'prix', 'prei', 'preise', 'cost', 'costo', 'coste', 'cost'],
  ['demand', 'demanda', 'demande', 'nachfrage'],
  ['revenue', 'ingreso', 'receita', 'revenu', 'turnover', 'facturacion', 'income'],
  ['churn', 'churned', 'abandono', 'baja', 'attrition', 'leave', 'abandonara', 'exited', 'kundigung'],
  ['passenger', 'pasajero', 'passageiro', 'passager', 'viajero'],
  ['temperature', 'temperatura', 'temp', 'temperatur'],
  ['consumption', 'consumo', 'consommation', 'verbrauch', 'usage', 'load', 'carga'],
  ['rental', 'alquiler', 'alquilere', 'aluguel', 'location', 'rent', 'rented'],
  ['visit', 'visita', 'visitor', 'visitante', 'traffic', 'trafico'],
  ['order', 'pedido', 'commande', 'bestellung'],
  ['quantity', 'cantidad', 'quantidade', 'qty', 'unit', 'unidad', 'unidade', 'menge', 'quantite'],
  ['survived', 'survive', 'survival', 'sobrevivio', 'sobrevivir', 'superviviente', 'sobrevive', 'sobrevivira'],
  ['default', 'impago', 'moroso', 'morosidad', 'incumplimiento'],
  ['fraud', 'fraude', 'fraudulent', 'fraudulenta', 'betrug'],
  ['class', 'clase', 'classe', 'klasse', 'category', 'categoria'],
  ['species', 'specie', 'especie'],
  ['diagnosis', 'diagnosi', 'diagnostico', 'diagnose'],
  ['salary', 'salario', 'sueldo', 'wage', 'gehalt', 'salaire'],
  ['production', 'produccion', 'producao', 'produktion'],
  ['energy', 'energia', 'electricity', 'electricidad', 'power', 'strom', 'energie'],
  ['customer', 'cliente', 'client', 'kunde'],
];

/** Too common to count as the mention of a column unless it is in quotes or follows the word "column". */
export const COMMON_WORDS: ReadonlySet<string> = new Set(
  (
    'a an and are as at be by can data day days do each find for from get give has have how hour i id in is it its last ' +
    'like list me min model month months my name need next no number of on one or our per row rows set so table than ' +
    'that the this time to type up use value we week what when which will with year years you ano anos cada con cual ' +
    'cuanto de del dia dias el en es esta este fecha hora la las lo los mas me mes meses mi modelo nuestra nuestro o ' +
    'para por que quiero se semana si sin sobre son su sus tabla tiempo tipo todo un una y yo date dates index um uma ' +
    'le les des du et der die das und ein eine'
  ).split(' '),
);
