import { Button, Code, Container, Stack, Text, Title } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { useI18n } from '../lib/i18n';

/** The last resort: a page that broke says so instead of going white. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    return this.state.error ? <Broken error={this.state.error} /> : this.props.children;
  }
}

function Broken({ error }: { error: Error }) {
  const { t } = useI18n();
  return (
    <Container component="main" size="sm" py={80}>
      <Stack align="flex-start">
        <Title order={1} size="h2">
          {t.app.broken}
        </Title>
        <Text c="dimmed">{t.app.brokenHint}</Text>
        <Code block w="100%">
          {`${error.name}: ${error.message}`}
        </Code>
        <Button onClick={() => location.reload()}>{t.app.reload}</Button>
      </Stack>
    </Container>
  );
}
