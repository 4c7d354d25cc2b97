import {
  columnVisibilityFeature,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  type ColumnDef,
} from '@tanstack/react-table';
import { Link } from 'wouter';
import { ago, dateTime, duration, metricName, metricValue, money, number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { secondsOf } from '../../../lib/status';
import type { JobView } from '../../../lib/types';
import { PhaseBar } from '../../../lib/ui/PhaseBar';
import { StatusBadge } from '../../../lib/ui/StatusBadge';
import { useNow } from '../../../lib/use-now';
import type { ColumnId } from '../api/job-address';
import { AgainstNaive } from './AgainstNaive';
import { progressText } from './progress-text';
import classes from './jobs.module.css';

export const features = tableFeatures({
  columnVisibilityFeature,
  rowSelectionFeature,
  rowSortingFeature,
});

export type JobColumn = ColumnDef<typeof features, JobView>;

/** Shown until the reader decides otherwise. */
export const HIDDEN_AT_FIRST: readonly ColumnId[] = ['models', 'engine'];

/** Pixels; the name takes what is left. */
export const WIDTHS: Record<ColumnId, number | undefined> = {
  name: undefined,
  status: 150,
  progress: 180,
  target: 140,
  score: 100,
  naive: 125,
  took: 110,
  cost: 90,
  models: 90,
  engine: 90,
  age: 130,
};
export const RIGHT: ReadonlySet<string> = new Set<ColumnId>(['score', 'took', 'cost', 'models', 'age']);

/** Words are sorted from A, numbers from the largest; the accessors only tell the table that a column can be sorted. */
const words = { sortDescFirst: false } as const;
const numbers = { sortDescFirst: true } as const;

export const COLUMNS: Record<ColumnId, JobColumn> = {
  name: { id: 'name', accessorFn: (job) => job.name, ...words, cell: ({ row }) => <NameCell job={row.original} /> },
  status: {
    id: 'status',
    accessorFn: (job) => job.status,
    ...words,
    cell: ({ row }) => <StatusBadge status={row.original.status} />,
  },
  progress: {
    id: 'progress',
    accessorFn: (job) => job.progress,
    ...numbers,
    cell: ({ row }) => <ProgressCell job={row.original} />,
  },
  target: {
    id: 'target',
    accessorFn: (job) => job.target_column,
    ...words,
    cell: ({ row }) => (
      <span title={row.original.target_column?.slice(0, 500)}>{row.original.target_column ?? '–'}</span>
    ),
  },
  score: {
    id: 'score',
    accessorFn: (job) => job.score,
    ...numbers,
    cell: ({ row }) => <ScoreCell job={row.original} />,
  },
  naive: {
    id: 'naive',
    accessorFn: (job) => job.skill,
    ...numbers,
    cell: ({ row }) => <AgainstNaive job={row.original} />,
  },
  took: {
    id: 'took',
    accessorFn: (job) => job.run_seconds,
    ...numbers,
    cell: ({ row }) => <TookCell job={row.original} />,
  },
  cost: {
    id: 'cost',
    accessorFn: (job) => job.cost_usd,
    ...numbers,
    cell: ({ row }) => <CostCell job={row.original} />,
  },
  models: {
    id: 'models',
    accessorFn: (job) => job.models_trained,
    ...numbers,
    cell: ({ row }) => <ModelsCell job={row.original} />,
  },
  engine: {
    id: 'engine',
    accessorFn: (job) => job.engine,
    ...words,
    cell: ({ row }) => row.original.engine ?? '–',
  },
  age: {
    id: 'age',
    accessorFn: (job) => job.created_at,
    ...numbers,
    cell: ({ row }) => <AgeCell job={row.original} />,
  },
};

interface CellProps {
  job: JobView;
}

function NameCell({ job }: CellProps) {
  return (
    <>
      <Link href={`/app/jobs/${job.id}`} className={classes.name}>
        {job.name}
      </Link>
      <div className={classes.goal}>{job.prompt.slice(0, 300)}</div>
    </>
  );
}

function ProgressCell({ job }: CellProps) {
  const words = useI18n();
  return (
    <>
      <PhaseBar job={job} />
      <div className={classes.doing}>{progressText(job, words)}</div>
    </>
  );
}

function ScoreCell({ job }: CellProps) {
  const { locale } = useI18n();
  if (job.score === null) return '–';
  return (
    <>
      {metricValue(job.metric, job.score, locale)}
      {job.metric && <div className={classes.small}>{metricName(job.metric)}</div>}
    </>
  );
}

function TookCell({ job }: CellProps) {
  const now = useNow(1000, !job.final);
  return duration(secondsOf(job, now));
}

function CostCell({ job }: CellProps) {
  const { locale } = useI18n();
  return money(job.cost_usd, locale);
}

function ModelsCell({ job }: CellProps) {
  const { locale } = useI18n();
  return number(job.models_trained, locale);
}

function AgeCell({ job }: CellProps) {
  const { locale } = useI18n();
  const now = useNow(10_000);
  return <span title={dateTime(job.created_at, locale)}>{ago(job.created_at, now, locale)}</span>;
}
