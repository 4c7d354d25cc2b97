import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { ApiError } from '../../../lib/http';
import { useI18n } from '../../../lib/i18n';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { useConnections, useDatasets } from '../../data/api/sources';
import { loadSample } from '../api/sample';
import classes from './new-job.module.css';

interface Props {
  onSample(file: File, goal: string): void;
  onDataset(id: string): void;
}

/** For who has no file at hand: the bundled table, a data set that is here already, or what a database is asked for. */
export function OtherSources({ onSample, onDataset }: Props) {
  const { t } = useI18n();
  const [error, setError] = useState<unknown>(null);
  const datasets = useDatasets();
  const connections = useConnections();
  const [, navigate] = useLocation();
  const ready = datasets.data?.filter(({ ready_version }) => ready_version !== null) ?? [];
  const sample = async () => {
    try {
      onSample(await loadSample(), t.create.sampleGoal);
    } catch {
      setError(new ApiError(0, 'no_answer', 'no answer', ''));
    }
  };
  return (
    <>
      <div className={classes.sources}>
        <Button variant="default" size="xs" onClick={() => void sample()}>
          {t.create.sample}
        </Button>
        {ready.length > 0 && (
          <Select
            size="xs"
            aria-label={t.create.dataset}
            placeholder={t.create.dataset}
            searchable
            data={ready.map((row) => ({ value: row.id, label: row.name }))}
            value={null}
            onChange={(id) => id && onDataset(id)}
          />
        )}
        {connections.data?.length ? (
          <Select
            size="xs"
            aria-label={t.create.connection}
            placeholder={t.create.connection}
            searchable
            data={connections.data.map((row) => ({ value: row.id, label: row.name }))}
            value={null}
            onChange={(id) => id && navigate(`/app/data/connections/${encodeURIComponent(id)}`)}
          />
        ) : (
          <Button variant="default" size="xs" component={Link} href="/app/data">
            {t.create.connection}
          </Button>
        )}
      </div>
      {error !== null && <ErrorNote error={error} />}
    </>
  );
}
