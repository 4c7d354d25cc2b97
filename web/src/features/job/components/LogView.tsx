import { Button, Chip, Group, Skeleton, Switch, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { dateTime, time } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { ArrowDownIcon, DownloadIcon, SearchIcon } from '../../../lib/icons';
import { saveText } from '../../../lib/save';
import type { LogLevel, LogView as LogRow } from '../../../lib/types';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { logText } from '../api/get-records';
import classes from './logs.module.css';

const LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR'] as const satisfies readonly LogLevel[];
/** Within this many pixels of the end the view counts as being at it. */
const AT_END = 40;

/** The job's log, oldest first; only the lines in view are in the page, so a hundred thousand stay smooth. */
export function LogView({ jobId, logs, isLoading }: { jobId: string; logs: LogRow[]; isLoading: boolean }) {
  const { t } = useI18n();
  const [levels, setLevels] = useState<string[]>(['INFO', 'WARNING', 'ERROR']);
  const [search, setSearch] = useState('');
  const [follow, setFollow] = useState(true);
  const download = useMutation({
    mutationFn: async () => saveText(await logText(jobId), `logs-${jobId}.txt`),
  });
  const shown = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    return logs.filter(
      (row) => levels.includes(row.level) && (wanted === '' || row.message.toLowerCase().includes(wanted)),
    );
  }, [logs, levels, search]);

  return (
    <section className={classes.panel} aria-label={t.logs.title}>
      <div className={classes.tools}>
        <TextInput
          className={classes.search}
          type="search"
          size="sm"
          aria-label={t.logs.search}
          placeholder={t.logs.search}
          leftSection={<SearchIcon size={15} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Chip.Group multiple value={levels} onChange={setLevels}>
          <Group gap={6} role="group" aria-label={t.logs.levels}>
            {LEVELS.map((level) => (
              <Chip key={level} value={level} size="xs" variant="outline">
                {t.level[level]}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        <Switch
          className={classes.follow}
          label={t.logs.follow}
          checked={follow}
          onChange={(event) => setFollow(event.currentTarget.checked)}
        />
        <Button
          size="xs"
          variant="default"
          leftSection={<DownloadIcon size={14} />}
          loading={download.isPending}
          onClick={() => download.mutate()}
        >
          {t.logs.download}
        </Button>
      </div>
      {download.error && <ErrorNote error={download.error} />}
      {isLoading && <Skeleton height={240} />}
      {isLoading ? null : shown.length === 0 ? (
        <p className={classes.empty}>{logs.length === 0 ? t.logs.empty : t.logs.none}</p>
      ) : (
        <Lines rows={shown} follow={follow} onFollow={setFollow} />
      )}
      {!isLoading && <div className={classes.foot}>{t.logs.shown(shown.length, logs.length)}</div>}
    </section>
  );
}

/** A line never changes: a new one, or a scroll, draws no other again. */
const Line = memo(function Line({ row }: { row: LogRow }) {
  const { t, locale } = useI18n();
  return (
    <>
      <time dateTime={row.timestamp} title={dateTime(row.timestamp, locale)} className={classes.time}>
        {time(row.timestamp, locale)}
      </time>
      <span className={classes.level}>{row.level === 'INFO' ? '' : t.level[row.level]}</span>
      <span className={classes.text}>{row.message}</span>
    </>
  );
});

interface LinesProps {
  rows: LogRow[];
  follow: boolean;
  onFollow(follow: boolean): void;
}

function Lines({ rows, follow, onFollow }: LinesProps) {
  const { t } = useI18n();
  const box = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- its functions are used here only, never memoised
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => 22,
    getItemKey: (at) => rows[at]?.id ?? at,
    overscan: 20,
  });

  useEffect(() => {
    if (follow && rows.length > 0) virtualizer.scrollToIndex(rows.length - 1, { align: 'end' });
  }, [follow, rows.length, virtualizer]);

  // Only the reader's own gestures decide whether to follow; the list's own scrolling must not.
  const onGesture = () => {
    requestAnimationFrame(() => {
      const element = box.current;
      if (!element) return;
      const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < AT_END;
      if (atEnd !== follow) onFollow(atEnd);
    });
  };

  return (
    <div className={classes.frame}>
      <div
        ref={box}
        className={classes.box}
        role="log"
        aria-live="off"
        aria-label={t.logs.title}
        tabIndex={0}
        onWheel={onGesture}
        onTouchMove={onGesture}
        onKeyUp={onGesture}
        onPointerUp={onGesture}
      >
        <div className={classes.sizer} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return row ? (
              <div
                key={item.key}
                ref={virtualizer.measureElement}
                data-index={item.index}
                data-level={row.level}
                className={classes.line}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Line row={row} />
              </div>
            ) : null;
          })}
        </div>
      </div>
      {!follow && (
        <Button
          className={classes.toEnd}
          size="xs"
          leftSection={<ArrowDownIcon size={14} />}
          onClick={() => onFollow(true)}
        >
          {t.logs.toEnd}
        </Button>
      )}
    </div>
  );
}
