import { Anchor, Stack, Title } from '@mantine/core';
import { Link } from 'wouter';
import { useI18n } from '../lib/i18n';

export function NotFound() {
  const { t } = useI18n();
  return (
    <Stack align="center" py={96} gap="xs">
      <Title order={1} size="h2">
        {t.app.notFound}
      </Title>
      <Anchor component={Link} href="/app">
        {t.app.backToJobs}
      </Anchor>
    </Stack>
  );
}
