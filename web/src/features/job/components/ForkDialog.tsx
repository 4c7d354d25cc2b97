import { Button, Group, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useLocation } from 'wouter';
import { randomKey } from '../../../lib/http';
import { useI18n } from '../../../lib/i18n';
import { forkPhases } from '../../../lib/status';
import type { JobView, Phase } from '../../../lib/types';
import { Dialog } from '../../../lib/ui/Dialog';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { JobOptions, optionFields, optionsOf, type Options } from '../../../lib/ui/JobOptions';
import { useFork } from '../api/change-job';
import { forkBody } from '../api/fork-changes';

/** Another way from a finished step on; only what the reader changes is sent. */
export function ForkDialog({ job, onClose }: { job: JobView; onClose(): void }) {
  const { t } = useI18n();
  const phases = forkPhases(job);
  const [from, setFrom] = useState<Phase>(phases.includes('training') ? 'training' : 'analysis');
  const [prompt, setPrompt] = useState(job.prompt);
  const [target, setTarget] = useState(job.target_column ?? '');
  const [options, setOptions] = useState<Options>(() => optionsOf(job));
  // The same fork asked for again, after a lost answer, is made once: its key changes only with its content.
  const [asked, setAsked] = useState({ content: '', key: '' });
  const fork = useFork(job.id);
  const [, navigate] = useLocation();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = {
      prompt: prompt.trim(),
      target_column: target.trim(),
      name: options.name.trim(),
      ...optionFields(options),
    };
    const body = forkBody(from, job, wanted);
    const content = JSON.stringify(body);
    const key = asked.content === content ? asked.key : randomKey();
    setAsked({ content, key });
    fork.mutate({ body, key }, { onSuccess: (id) => navigate(`/app/jobs/${id}`) });
  };
  return (
    <Dialog title={t.activity.forkTitle} size="lg" onClose={onClose}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm" c="dimmed">
            {t.activity.forkText}
          </Text>
          <Select
            data-autofocus
            label={t.activity.forkFrom}
            allowDeselect={false}
            data={phases.map((phase) => ({ value: phase, label: t.phase[phase] }))}
            value={from}
            onChange={(value) => setFrom(value as Phase)}
          />
          <Textarea
            label={t.create.goal}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={20_000}
            value={prompt}
            onChange={(event) => setPrompt(event.currentTarget.value)}
          />
          <TextInput
            label={t.create.target}
            maxLength={500}
            value={target}
            onChange={(event) => setTarget(event.currentTarget.value)}
          />
          <JobOptions options={options} suggestedName={job.name} onChange={setOptions} />
          {fork.error && <ErrorNote error={fork.error} />}
          <Group justify="flex-end">
            <Button type="submit" disabled={prompt.trim() === ''} loading={fork.isPending}>
              {t.activity.forkYes}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
