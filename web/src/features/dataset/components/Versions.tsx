import { Anchor, Button, Select } from '@mantine/core';
import { useState } from 'react';
import { dateTime, number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { Dictionary } from '../../../lib/i18n/en';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { Folded } from '../../../lib/ui/Folded';
import { Panel } from '../../../lib/ui/Panel';
import ui from '../../../lib/ui/ui.module.css';
import { useDiff, type DatasetDiff, type DatasetVersion } from '../api/versions';
import { editWords } from './edit-words';
import classes from './dataset.module.css';

interface Props {
  id: string;
  versions: DatasetVersion[];
  current: number | null;
  locked: boolean;
  onOpen(version: number): void;
}

/** Every version with what made it, newest first, and what differs between any two. */
export function Versions({ id, versions, current, locked, onOpen }: Props) {
  const { t, locale } = useI18n();
  return (
    <Panel title={t.dataset.versions} hint={t.dataset.versionsHint} flush>
      <div className={ui.scroll} tabIndex={0} role="group" aria-label={t.dataset.versions}>
        <table className={ui.table}>
          <thead>
            <tr>
              <th scope="col">{t.dataset.version}</th>
              <th scope="col">{t.dataset.madeBy}</th>
              <th scope="col" className={ui.right}>
                {t.data.rows}
              </th>
              <th scope="col" className={ui.right}>
                {t.data.columns}
              </th>
              <th scope="col">{t.data.created}</th>
              <th scope="col">
                <span className="visually-hidden">{t.data.actions}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {versions.toReversed().map((row) => (
              <tr key={row.version} aria-current={row.version === current || undefined}>
                <td className={classes.strong}>{row.version}</td>
                <td className={classes.made}>
                  <Folded text={originWords(row, t)} className={classes.plain} />
                  {row.status !== 'ready' && (
                    <span className={classes.state}>
                      {t.dataset.status[row.status]}
                      {row.status === 'preparing' && ` ${row.progress}%`}
                    </span>
                  )}
                  {row.error && <span className={classes.bad}>{row.error.message}</span>}
                </td>
                <td className={ui.right}>{number(row.row_count, locale)}</td>
                <td className={ui.right}>{number(row.column_count, locale)}</td>
                <td className={classes.nowrap}>{dateTime(row.created_at, locale)}</td>
                <td>
                  <div className={classes.rowActions}>
                    {row.status === 'ready' && row.version !== current && (
                      <Button
                        size="compact-sm"
                        variant="default"
                        disabled={locked}
                        aria-label={t.dataset.openVersion(row.version)}
                        onClick={() => onOpen(row.version)}
                      >
                        {t.dataset.open}
                      </Button>
                    )}
                    {row.status === 'ready' && (
                      <Anchor
                        size="sm"
                        href={downloadUrl(id, row.version)}
                        download
                        aria-label={t.dataset.downloadVersion(row.version)}
                      >
                        {t.logs.download}
                      </Anchor>
                    )}
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Compare id={id} versions={versions.filter(({ status }) => status === 'ready')} />
    </Panel>
  );
}

export function downloadUrl(id: string, version: number): string {
  return `/datasets/${encodeURIComponent(id)}/versions/${version}/download`;
}

function originWords({ origin, parent_version }: DatasetVersion, t: Dictionary): string {
  const from = parent_version === null ? '' : ` ${t.dataset.fromVersion(parent_version)}`;
  switch (origin.kind) {
    case 'upload':
      return t.dataset.uploaded;
    case 'sql':
      return t.dataset.queried;
    case 'schema':
      return `${t.dataset.corrected(Object.keys(origin.overrides.columns ?? {}).join(', '))}${from}`;
    case 'edits':
      return `${origin.edits.map((edit) => editWords(edit, t)).join('; ')}${from}`;
  }
}

function Compare({ id, versions }: { id: string; versions: DatasetVersion[] }) {
  const { t, locale } = useI18n();
  const [chosen, setChosen] = useState<{ from: number | null; to: number | null }>({ from: null, to: null });
  const newest = versions.at(-1)?.version;
  const from = chosen.from ?? versions.at(-1)?.parent_version ?? versions.at(-2)?.version;
  const to = chosen.to ?? newest;
  const { data, error } = useDiff(id, from && to && from !== to ? { from, to } : null);
  if (versions.length < 2 || !from || !to) return null;
  const options = versions.map(({ version }) => ({ value: String(version), label: t.dataset.numbered(version) }));
  return (
    <div className={classes.compare}>
      <div className={classes.searches}>
        <Select
          size="xs"
          label={t.dataset.compareFrom}
          allowDeselect={false}
          data={options}
          value={String(from)}
          onChange={(value) => setChosen({ ...chosen, from: Number(value) })}
        />
        <Select
          size="xs"
          label={t.dataset.compareTo}
          allowDeselect={false}
          data={options}
          value={String(to)}
          onChange={(value) => setChosen({ ...chosen, to: Number(value) })}
        />
      </div>
      {error && <ErrorNote error={error} />}
      {data && (
        <ul className={classes.edits} aria-label={t.dataset.differences}>
          {differences(data, t, (value) => number(value, locale)).map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Each difference in a line; what is the same on both sides is left out. */
function differences(diff: DatasetDiff, t: Dictionary, words: (value: number | null) => string): string[] {
  const { row_count, changes } = diff;
  const renamed = changes?.columns_renamed ?? [];
  const added = diff.columns_added.filter((name) => !renamed.some(({ to }) => to === name));
  const removed = diff.columns_removed.filter((name) => !renamed.some(({ from }) => from === name));
  const between = (label: string, { from, to }: { from: number | null; to: number | null }) =>
    from === to ? [] : [`${label}: ${words(from)} → ${words(to)}`];
  const columns = diff.columns_changed.flatMap(({ name, type, missing, distinct, mean }) => {
    const parts = [
      ...(type.from === type.to ? [] : [`${t.reading.types[type.from]} → ${t.reading.types[type.to]}`]),
      ...between(t.dataset.missing, missing),
      ...between(t.dataset.distinct, distinct),
      ...between('ø', mean),
    ];
    return parts.length > 0 ? [`${name}: ${parts.join('; ')}`] : [];
  });
  return [
    ...(diff.identical ? [t.dataset.identical] : []),
    t.dataset.rowsBetween(words(row_count.from), words(row_count.to)),
    ...(added.length > 0 ? [t.dataset.columnsAdded(added.join(', '))] : []),
    ...(removed.length > 0 ? [t.dataset.columnsRemoved(removed.join(', '))] : []),
    ...renamed.map(({ from, to }) => t.dataset.did.rename(from, to)),
    ...(changes?.cells_changed ?? []).map(({ column, count }) => t.dataset.cellsChanged(column, words(count))),
    ...columns,
  ];
}
