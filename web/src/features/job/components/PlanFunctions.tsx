import { Checkbox, Code, Input, Stack, Text } from '@mantine/core';
import { useI18n } from '../../../lib/i18n';
import type { PlanView } from '../api/change-plan';

interface PlanFunctionsProps {
  functions: PlanView['plan']['functions'];
  /** The names of those that stay. */
  kept: string[];
  onChange(kept: string[]): void;
}

/** The features that agents have written, to be read, and left out; nobody else writes any. */
export function PlanFunctions({ functions, kept, onChange }: PlanFunctionsProps) {
  const { t } = useI18n();
  return (
    <Checkbox.Group label={t.plan.functions} description={t.plan.functionsText} value={kept} onChange={onChange}>
      <Stack gap="xs" mt="xs">
        {functions.map(({ name, inputs, code }) => (
          <Input.Wrapper key={name}>
            <Checkbox value={name} label={name} description={t.plan.madeOf(inputs)} />
            <Code
              block
              tabIndex={0}
              mt={4}
              mah={200}
              style={{ overflow: 'auto' }}
              role="group"
              aria-label={t.plan.codeOf(name)}
            >
              {code}
            </Code>
          </Input.Wrapper>
        ))}
        {functions.length > kept.length && (
          <Text size="xs" c="dimmed">
            {t.plan.functionsLeftOut(functions.length - kept.length)}
          </Text>
        )}
      </Stack>
    </Checkbox.Group>
  );
}
