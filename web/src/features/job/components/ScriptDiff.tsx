import { diffLines } from 'diff';
import { useMemo } from 'react';
import { useI18n } from '../../../lib/i18n';
import { changedLines } from '../api/script-changes';
import classes from './activity.module.css';

/** What the newer script has more and less than the older, with a few lines around each change. */
export default function ScriptDiff({ before, after }: { before: string; after: string }) {
  const { t } = useI18n();
  const lines = useMemo(() => changedLines(diffLines(before, after)), [before, after]);
  const count = (kind: 'added' | 'removed') => lines.filter((line) => line.kind === kind).length;
  if (count('added') + count('removed') === 0) return <p className={classes.diffLine}>{t.activity.scriptSame}</p>;
  const words = t.activity.linesChanged(count('added'), count('removed'));
  const sign = { added: '+ ', removed: '- ', same: '  ', gap: '' };
  return (
    <pre className={classes.diff} tabIndex={0} aria-label={words}>
      <code>
        <span className={classes.diffLine} data-kind="gap">
          {words}
        </span>
        {lines.map((line, at) => (
          <span key={at} className={classes.diffLine} data-kind={line.kind}>
            {sign[line.kind]}
            {line.text}
          </span>
        ))}
      </code>
    </pre>
  );
}
