import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useI18n } from '../../../lib/i18n';
import { Panel } from '../../../lib/ui/Panel';
import { nameOf, type Compared } from '../api/compare';
import { functionsText, planDifferences } from '../api/plans';
import classes from './compare.module.css';
import { SideBySide } from './SideBySide';

/** Few plans have functions: what compares texts is loaded where one does. */
const ScriptDiff = lazy(() => import('../../job/components/ScriptDiff'));

/** How the training plans differ: field by field, and the functions that agents wrote line by line. */
export function PlanDifferences({ compared }: { compared: Compared[] }) {
  const { t } = useI18n();
  const plans = compared.map(({ plan }) => plan);
  if (plans.filter((plan) => plan !== null).length < 2) return null;
  const rows = planDifferences(plans);
  const texts = plans.map(functionsText);
  const others = compared.map((one, at) => ({ ...one, at })).filter(({ at }) => at > 0 && texts[at] !== texts[0]);
  return (
    <Panel title={t.insight.plans} hint={t.insight.plansHint} flush>
      {rows.length === 0 && others.length === 0 && <p className={classes.inset}>{t.insight.samePlans}</p>}
      {rows.length > 0 && (
        <SideBySide compared={compared} label={t.insight.plans} first={t.insight.field}>
          {rows.map(({ field, values }) => (
            <tr key={field}>
              <th scope="row">{t.insight.planFields[field] ?? field}</th>
              {values.map((value, at) => (
                <td key={at} className={classes.cell}>
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </SideBySide>
      )}
      {others.map(({ job, at }) => (
        <div key={job.id} className={classes.functions}>
          <h3>{t.insight.functionsOf(nameOf(compared[0]!.job, 0), nameOf(job, at))}</h3>
          <Suspense fallback={<Skeleton height={120} />}>
            <ScriptDiff before={texts[0]!} after={texts[at]!} />
          </Suspense>
        </div>
      ))}
    </Panel>
  );
}
