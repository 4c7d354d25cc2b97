import { duration, number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import type { Options } from '../../../lib/ui/JobOptions';
import { useEstimate, type RunEstimate } from '../api/estimate';
import classes from './new-job.module.css';

/** Below this a table is small, bytes. */
const SMALL = 1_000_000;

/** What the start sets going and how long that takes, before anything is started. */
export function WhatHappens({ bytes, options }: { bytes: number; options: Options }) {
  const { t, locale } = useI18n();
  const estimate = useEstimate(bytes, options);
  const words = t.create.next;
  if (!estimate) return null;
  const drafts = options.search ?? 1;
  return (
    <section className={classes.next} aria-label={words.title}>
      <h2 className={classes.nextTitle}>{words.title}</h2>
      <ol>
        <li>{words.analysis}</li>
        {options.approval && <li>{words.approval}</li>}
        <li>
          {words.training(number(estimate.max_models, locale))}
          {drafts > 1 && ` ${words.drafts(drafts)}`}
        </li>
        <li>{words.outcome}</li>
        {options.finalApproval && <li>{words.finalApproval}</li>}
      </ol>
      <p>{howLong(estimate, bytes, words)}</p>
    </section>
  );
}

type Words = ReturnType<typeof useI18n>['t']['create']['next'];

function howLong({ seconds, jobs, max_runtime_secs }: RunEstimate, bytes: number, words: Words): string {
  if (seconds) {
    const [least, most] = [duration(seconds.least), duration(seconds.most)];
    return least === most ? words.tookOne(most) : words.took(least, most, jobs);
  }
  if (max_runtime_secs !== null) return words.bounded(duration(max_runtime_secs));
  return bytes < SMALL ? words.unknownSmall : words.unknown;
}
