import { wholePercent } from '../format';
import { useI18n } from '../i18n';
import { PHASES, phaseState } from '../status';
import type { JobView } from '../types';
import classes from './status.module.css';

/** The five phases as one slim bar; how far each is filled follows the job's own progress. */
export function PhaseBar({ job }: { job: Pick<JobView, 'status' | 'phase' | 'progress' | 'final'> }) {
  const { t, locale } = useI18n();
  const now = job.phase ? t.phase[job.phase] : t.status[job.status];
  return (
    <div
      className={classes.bar}
      role="progressbar"
      aria-valuenow={job.progress}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-label={t.jobs.progress(now, wholePercent(job.progress, locale))}
    >
      {PHASES.map((phase) => (
        <span key={phase} className={classes.segment} data-phase={phase}>
          <span
            className={classes.fill}
            data-state={phaseState(job, phase)}
            style={{ width: `${filled(job, phase)}%` }}
          />
        </span>
      ))}
    </div>
  );
}

/** Where each phase starts and ends on the job's progress scale: the contract's PROGRESS_OF_PHASE. */
const SCALE = {
  analysis: [0, 12],
  training: [12, 80],
  prediction: [80, 90],
  visualization: [90, 97],
  final_check: [97, 100],
} as const satisfies Record<(typeof PHASES)[number], readonly [number, number]>;

function filled(job: Pick<JobView, 'status' | 'phase' | 'progress' | 'final'>, phase: (typeof PHASES)[number]): number {
  const state = phaseState(job, phase);
  if (state === 'done') return 100;
  if (state === 'waiting') return 0;
  const [start, end] = SCALE[phase];
  return Math.min(100, Math.max(8, ((job.progress - start) / (end - start)) * 100));
}
