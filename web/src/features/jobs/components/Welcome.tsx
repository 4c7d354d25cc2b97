import { Button, Text, Title } from '@mantine/core';
import { Link } from 'wouter';
import { useI18n } from '../../../lib/i18n';
import { PlusIcon } from '../../../lib/icons';
import classes from './jobs.module.css';

/** What a newcomer sees: what this is, and the one thing to do. */
export function Welcome() {
  const { t } = useI18n();
  return (
    <div className={classes.welcome}>
      <svg className={classes.sketch} viewBox="0 0 320 120" fill="none" aria-hidden="true">
        <path
          d="M8 92 C30 70 44 98 64 76 S96 44 118 66 S150 84 172 48 S204 40 214 52"
          stroke="var(--ink-soft)"
          strokeWidth="3"
        />
        <path
          d="M214 52 C232 70 244 32 262 34 S292 24 312 14"
          stroke="var(--run)"
          strokeWidth="3"
          strokeDasharray="2 8"
          strokeLinecap="round"
        />
        <path d="M214 52 C236 62 258 18 312 -6 V40 C280 46 250 74 214 52Z" fill="var(--run)" opacity="0.12" />
        <circle cx="214" cy="52" r="5" fill="var(--run)" />
      </svg>
      <Title order={1} size="h2" ta="center">
        {t.jobs.emptyTitle}
      </Title>
      <Text c="dimmed" ta="center" maw={520}>
        {t.jobs.emptyText}
      </Text>
      <Button component={Link} href="/app/new" size="md" leftSection={<PlusIcon />} mt="sm">
        {t.jobs.emptyAction}
      </Button>
    </div>
  );
}
