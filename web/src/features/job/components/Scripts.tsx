import { Button, CopyButton, SegmentedControl, Select, Skeleton } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useI18n } from '../../../lib/i18n';
import { CheckIcon, CopyIcon, DownloadIcon } from '../../../lib/icons';
import { saveText } from '../../../lib/save';
import type { ScriptView } from '../../../lib/types';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { Panel } from '../../../lib/ui/Panel';
import { useScripts } from '../api/list-scripts';
import classes from './job.module.css';

const ScriptDiff = lazy(() => import('./ScriptDiff'));

/** The generated scripts; of a repaired one also what the repair changed. */
export function Scripts({ jobId, stamp }: { jobId: string; stamp: number }) {
  const { t } = useI18n();
  const { data, error, isPending, refetch } = useScripts(jobId, stamp);
  const [chosen, setChosen] = useState<string | null>(null);
  const [view, setView] = useState('whole');
  if (error && !data) return <ErrorNote error={error} onRetry={() => void refetch()} />;
  if (isPending) return <Skeleton height={300} radius="lg" />;
  const script = data?.find((row) => String(row.id) === chosen) ?? data?.at(-1);
  if (!data || !script) return <p className={classes.empty}>{t.scripts.empty}</p>;
  const before = data.findLast((row) => row.script_type === script.script_type && row.attempt < script.attempt);
  return (
    <Panel
      title={script.script_name}
      hint={`${t.scripts.by(script.agent_name)}. ${t.scripts.hint}`}
      flush
      aside={<ScriptTools scripts={data} script={script} onChoose={setChosen} />}
    >
      {before && (
        <SegmentedControl
          className={classes.scriptView}
          size="xs"
          aria-label={t.activity.scriptView}
          value={view}
          onChange={setView}
          data={[
            { value: 'whole', label: t.activity.scriptWhole },
            { value: 'changes', label: t.activity.scriptChanges(before.attempt) },
          ]}
        />
      )}
      {before && view === 'changes' ? (
        <Suspense fallback={<Skeleton height={200} />}>
          <ScriptDiff before={before.script_content} after={script.script_content} />
        </Suspense>
      ) : (
        <pre className={classes.code} tabIndex={0} aria-label={script.script_name}>
          <code>{script.script_content}</code>
        </pre>
      )}
    </Panel>
  );
}

interface ToolsProps {
  scripts: ScriptView[];
  script: ScriptView;
  onChoose(id: string | null): void;
}

function ScriptTools({ scripts, script, onChoose }: ToolsProps) {
  const { t } = useI18n();
  return (
    <div className={classes.scriptTools}>
      <Select
        size="xs"
        aria-label={t.scripts.choose}
        allowDeselect={false}
        data={scripts.map((row) => ({
          value: String(row.id),
          label: `${t.phase[row.script_type]} · ${t.job.attempt(row.attempt)}`,
        }))}
        value={String(script.id)}
        onChange={onChoose}
      />
      <CopyButton value={script.script_content}>
        {({ copied, copy }) => (
          <Button
            size="xs"
            variant="default"
            leftSection={copied ? <CheckIcon size={14} /> : <CopyIcon size={14} />}
            onClick={copy}
          >
            {copied ? t.scripts.copied : t.scripts.copy}
          </Button>
        )}
      </CopyButton>
      <Button
        size="xs"
        variant="default"
        leftSection={<DownloadIcon size={14} />}
        onClick={() => saveText(script.script_content, script.script_name, 'text/x-python;charset=utf-8')}
      >
        {t.scripts.download}
      </Button>
    </div>
  );
}
