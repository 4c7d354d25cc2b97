import type { ExitKind } from '../../contracts/execution';
import { ALGORITHMS, type Algorithm, type TrainingPlan } from '../../contracts/plans';
import type { ErrorCategory } from '../../contracts/failure';
import type { Correction } from '../../contracts/verdict';
import type { JudgeInput } from '../agent';

/**
 * What a failed execution calls for, one row a case. The first row that fits decides; a row whose `mend` finds no
 * correction says that no further attempt can help, and `needs` says what would.
 */
export interface Case {
  name: string;
  exits?: readonly ExitKind[];
  codes?: readonly string[];
  categories?: readonly ErrorCategory[];
  mend: (input: JudgeInput) => Correction[];
  needs: string;
}

const HEAP_STEP = 0.75;
const SMALLEST_HEAP_MB = 512;
const SMALLEST_SAMPLE = 100;
/** Share of the time that a timed-out training took which the next one may take. */
const RUNTIME_STEP = 0.6;
const SHORTEST_RUNTIME_SECS = 30;

export const CASES: readonly Case[] = [
  {
    name: 'more memory than the container has',
    exits: ['oom_killed'],
    codes: ['out_of_memory'],
    mend: afterContainerMemory,
    needs: 'a container with more memory (CONTAINER_MEMORY_MB), or less data',
  },
  {
    name: 'more memory than the Java heap has',
    codes: ['java_out_of_memory'],
    mend: afterHeapMemory,
    needs: 'a larger Java heap (H2O_MAX_MEM), or less data',
  },
  {
    name: 'over the time limit',
    exits: ['timed_out'],
    codes: ['timed_out', 'timeout'],
    mend: afterTimeout,
    needs: 'a longer time limit (CODE_EXECUTOR_TIMEOUT), or less data',
  },
  {
    name: 'over the disk quota',
    exits: ['quota_exceeded'],
    codes: ['quota_exceeded', 'disk_full'],
    mend: (input) => trainingOnly(input, () => fewerModels(input, 'each model takes room on the disk')),
    needs: 'more room on the disk (OUTPUT_QUOTA_MB)',
  },
  {
    name: 'a full disk below all of us',
    codes: ['machine_disk_full'],
    mend: () => [],
    needs: 'room on the disk that holds DATA_DIR',
  },
  {
    name: 'the container is gone',
    exits: ['lost', 'killed'],
    mend: again('the run itself did nothing wrong that is known'),
    needs: 'an execution engine that keeps its runs',
  },
  {
    name: 'a feature function of the plan',
    codes: ['functions_need_docker', 'function_refused', 'function_failed', 'function_too_slow'],
    mend: (input) =>
      trainingOnly(input, ({ functions }) =>
        functions.length > 0 ? [{ kind: 'drop_functions', reason: 'the plan works without them' }] : [],
      ),
    needs: 'a Docker engine, or a model without feature functions',
  },
  {
    name: 'an algorithm failed',
    codes: ['algorithm_failed'],
    mend: afterAlgorithm,
    needs: 'data that at least one algorithm can learn from',
  },
  {
    name: 'no model came out',
    codes: ['no_model_trained'],
    mend: afterNoModel,
    needs: 'a longer training budget (max_runtime_secs), or other data',
  },
  {
    name: 'too few rows for the split',
    codes: ['too_few_rows'],
    mend: afterTooFewRows,
    needs: 'more rows of data',
  },
  {
    name: 'dates that cannot be read',
    codes: ['dates_unparsed', 'frequency_unknown'],
    mend: afterDates,
    needs: 'dates that can be read, all written in one format',
  },
  {
    name: 'a part of the installation is missing',
    codes: ['java_missing', 'h2o_missing', 'config_invalid'],
    mend: () => [],
    needs: 'a complete installation (automl doctor says what is missing)',
  },
  {
    name: 'the phase before left nothing usable',
    codes: ['model_archive_missing', 'model_archive_invalid', 'predictions_missing', 'stage_input_invalid'],
    mend: ({ phase }) => (phase === 'training' ? [regenerate('the archive is written anew')] : []),
    needs: 'a retry from the phase before this one',
  },
  {
    name: 'H2O died or did not start',
    codes: ['h2o_died', 'h2o_start_timeout'],
    mend: (input) => [
      ...smallerHeap(input, 'a JVM that dies may have found no memory'),
      regenerate('H2O may start at the next try'),
    ],
    needs: 'a machine on which H2O runs',
  },
  { name: 'the data themselves', categories: ['data'], mend: () => [], needs: 'data that fit the goal' },
  {
    name: 'anything else that went wrong while running',
    categories: ['execution', 'model', 'system'],
    mend: again('a fresh and lighter script may get through'),
    needs: 'a look at the logs of the execution',
  },
];

function afterContainerMemory(input: JudgeInput): Correction[] {
  const heap = smallerHeap(input, 'the rest of the memory is for XGBoost and Python');
  return trainingOnly(
    input,
    (plan) => {
      const before = input.past.some((attempt) => attempt.execution.exit === 'oom_killed');
      const harder: Correction[] = before
        ? [
            ...fewerRows(input, plan, 'a smaller heap alone was not enough'),
            { kind: 'exclude_algorithm', algorithm: 'XGBoost', reason: 'it takes memory outside the heap' },
          ]
        : [];
      return [...heap, ...fewerModels(input, 'fewer models are held at once'), ...harder];
    },
    heap.length > 0 ? heap : [regenerate('the heap is as small as it can be')],
  );
}

/** A smaller heap would make it worse: there must be less in it. Scoring has nothing to take out. */
function afterHeapMemory(input: JudgeInput): Correction[] {
  return trainingOnly(input, (plan) => {
    const blamed = namedAlgorithm(input);
    const before = input.past.some((attempt) => attempt.execution.failure?.code === 'java_out_of_memory');
    const exclude: Correction[] =
      before && blamed ? [{ kind: 'exclude_algorithm', algorithm: blamed, reason: 'it filled the heap again' }] : [];
    const rows = fewerRows(input, plan, 'a table takes about four times its size in the heap');
    return [...rows, ...fewerModels(input, 'every model stays in the heap'), ...exclude];
  });
}

function afterTimeout(input: JudgeInput): Correction[] {
  return trainingOnly(
    input,
    (plan) => {
      const seconds = Math.max(SHORTEST_RUNTIME_SECS, Math.floor(input.execution.seconds * RUNTIME_STEP));
      const limit: Correction[] =
        plan.max_runtime_secs === null || seconds < plan.max_runtime_secs
          ? [
              {
                kind: 'limit_runtime',
                max_runtime_secs: seconds,
                reason: 'training must end well before the time limit',
              },
            ]
          : [];
      return [...fewerModels(input, 'fewer models take less time'), ...limit];
    },
    [regenerate('it may be quicker when the machine is less busy')],
  );
}

function afterAlgorithm(input: JudgeInput): Correction[] {
  const algorithm = namedAlgorithm(input);
  if (!algorithm) return [regenerate('the failure does not name the algorithm')];
  return trainingOnly(input, (plan) => {
    const left = plan.algorithms.filter((name) => name !== algorithm && name !== 'StackedEnsemble');
    return left.length > 0 ? [{ kind: 'exclude_algorithm', algorithm, reason: 'it failed on these data' }] : [];
  });
}

function afterNoModel(input: JudgeInput): Correction[] {
  return trainingOnly(input, (plan) => {
    const folds: Correction[] =
      plan.validation.folds > 2
        ? [{ kind: 'set_folds', folds: 2, reason: 'fewer folds leave more rows and time to each model' }]
        : [];
    return [
      ...folds,
      ...fewerModels(input, 'the first models get all the time'),
      regenerate('another try may bring a model'),
    ];
  });
}

function afterTooFewRows(input: JudgeInput): Correction[] {
  return trainingOnly(input, (plan) => {
    const { folds, holdout_rows: holdout } = plan.validation;
    const longest = Math.max(0, ...plan.lags, ...plan.windows);
    const reason = 'more rows are left to learn from';
    const corrections: Correction[] = [];
    if (folds > 2) corrections.push({ kind: 'set_folds', folds: 2, reason });
    if (holdout !== null && holdout > 1) {
      corrections.push({ kind: 'set_holdout', holdout_rows: Math.max(1, Math.floor(holdout / 2)), reason });
    }
    if (longest > 1) corrections.push({ kind: 'shorten_lags', longest: Math.max(1, Math.floor(longest / 2)), reason });
    return corrections;
  });
}

/** The canonical file writes every date as ISO 8601, so what helps is another column with dates, where there is one. */
function afterDates(input: JudgeInput): Correction[] {
  return trainingOnly(input, (plan) => {
    const column = plan.date_column;
    const others = input.report.dataset.columns.filter(
      ({ name, type }) => (type === 'date' || type === 'datetime') && name !== column && name !== plan.target,
    );
    if (column === null || others.length === 0) return [];
    const tried = input.past.some((attempt) => 'date_column' in attempt.plan && attempt.plan.date_column !== column);
    return tried ? [] : [{ kind: 'set_date_format', column, format: '%Y-%m-%d', reason: 'its values are not dates' }];
  });
}

function trainingOnly(
  input: JudgeInput,
  corrections: (plan: TrainingPlan) => Correction[],
  otherwise: Correction[] = [],
): Correction[] {
  return 'algorithms' in input.plan ? corrections(input.plan) : otherwise;
}

function smallerHeap({ plan }: JudgeInput, reason: string): Correction[] {
  if (!('heap_mb' in plan) || plan.heap_mb <= SMALLEST_HEAP_MB) return [];
  const heap = Math.max(SMALLEST_HEAP_MB, Math.floor(plan.heap_mb * HEAP_STEP));
  return [{ kind: 'set_heap', heap_mb: heap, reason }];
}

function fewerModels({ plan, execution }: JudgeInput, reason: string): Correction[] {
  if (!('max_models' in plan)) return [];
  const models = plan.max_models ?? execution.models_trained;
  return models < 2 ? [] : [{ kind: 'limit_models', max_models: Math.ceil(models / 2), reason }];
}

function fewerRows({ report }: JudgeInput, plan: TrainingPlan, reason: string): Correction[] {
  const rows = Math.min(plan.sample_rows ?? report.dataset.rows, report.dataset.rows);
  const half = Math.floor(rows / 2);
  return half < SMALLEST_SAMPLE ? [] : [{ kind: 'sample_rows', rows: half, reason }];
}

function regenerate(reason: string): Correction {
  return { kind: 'regenerate', reason };
}

function again(reason: string): Case['mend'] {
  return () => [regenerate(reason)];
}

/** The runtime begins the message of such a failure with the algorithm's name. */
function namedAlgorithm({ execution }: JudgeInput): Algorithm | undefined {
  const message = execution.failure?.message ?? '';
  return ALGORITHMS.find((name) => new RegExp(`\\b${name}\\b`, 'i').test(message));
}
