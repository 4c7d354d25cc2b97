import { Anchor, Stack } from '@mantine/core';
import { ago, bytes, duration, money, number } from '../../../lib/format';
import { useI18n } from '../../../lib/i18n';
import { LinkIcon } from '../../../lib/icons';
import { Panel } from '../../../lib/ui/Panel';
import { useNow } from '../../../lib/use-now';
import type { System } from '../api/get-system';
import { Fact, Meter } from './Facts';
import classes from './system.module.css';

export function Machine({ system }: { system: System }) {
  const { t, locale } = useI18n();
  const meter = (name: string, { free_bytes: free, total_bytes: total }: System['disk']) => {
    const used = total - free;
    return { name, used, total, words: t.system.used(bytes(used, locale), bytes(total, locale)) };
  };
  return (
    <Panel title={t.system.machine}>
      <Stack gap="md">
        <Meter {...meter(t.system.disk, system.disk)} />
        <Meter {...meter(t.system.memory, system.memory)} />
        <dl className={classes.facts}>
          <Fact name={t.system.load}>{t.system.loadOf(number(system.load_average, locale), system.cpus)}</Fact>
        </dl>
        <Places storage={system.storage} />
      </Stack>
    </Panel>
  );
}

function Places({ storage }: { storage: System['storage'] }) {
  const { t, locale } = useI18n();
  const now = useNow(10_000);
  return (
    <div>
      <h3 className={classes.part}>{t.system.storage}</h3>
      {!storage && <p className={classes.quiet}>{t.system.storageNone}</p>}
      {storage && (
        <>
          <dl className={classes.facts}>
            {storage.places.map((place) => (
              <Fact key={place.name} name={t.system.places[place.name]}>
                {bytes(place.bytes, locale)}
              </Fact>
            ))}
          </dl>
          <p className={classes.small}>{t.system.storageAt(ago(storage.measured_at, now, locale))}</p>
        </>
      )}
    </div>
  );
}

export function Spend({ spend }: { spend: System['spend'] }) {
  const { t, locale } = useI18n();
  const { today, total } = spend;
  const words = ({ usd, calls }: typeof today) =>
    calls === 0 ? '–' : `${money(usd, locale)} · ${t.system.calls(number(calls, locale))}`;
  return (
    <Panel title={t.system.spend} hint={t.system.spendHint}>
      {total.calls === 0 && <p className={classes.quiet}>{t.system.noCalls}</p>}
      {total.calls > 0 && (
        <dl className={classes.facts}>
          <Fact name={t.system.today}>{words(today)}</Fact>
          <Fact name={t.system.total}>{words(total)}</Fact>
        </dl>
      )}
      {total.unpriced_calls > 0 && (
        <p className={classes.small}>{t.system.unpriced(number(total.unpriced_calls, locale))}</p>
      )}
    </Panel>
  );
}

export function About({ system }: { system: System }) {
  const { t, locale } = useI18n();
  const { versions } = system;
  return (
    <Panel title={t.system.about}>
      <dl className={classes.facts}>
        <Fact name={t.system.version}>{system.version}</Fact>
        <Fact name={t.system.uptime}>{duration(system.uptime_seconds)}</Fact>
        <Fact name={t.system.node}>{system.node}</Fact>
        <Fact name={t.system.temporalServer}>{versions.temporal_server ?? '–'}</Fact>
        <Fact name={t.system.temporalSdk}>{versions.temporal_sdk}</Fact>
        <Fact name={t.system.h2o}>{versions.h2o ?? '–'}</Fact>
        {versions.image && <Fact name={t.system.image}>{versions.image}</Fact>}
        <Fact name={t.system.engine}>{system.last_engine ?? '–'}</Fact>
        <Fact name={t.system.store}>{system.database}</Fact>
        <Fact name={t.system.upload}>{bytes(system.max_upload_bytes, locale)}</Fact>
      </dl>
      <Anchor href={system.temporal_ui_url} target="_blank" rel="noreferrer" size="sm" className={classes.out}>
        <LinkIcon size={15} /> {t.system.openTemporal}
      </Anchor>
    </Panel>
  );
}
