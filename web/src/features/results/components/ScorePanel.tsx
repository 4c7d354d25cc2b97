import { Button, FileButton, NumberInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useI18n } from '../../../lib/i18n';
import { DownloadIcon } from '../../../lib/icons';
import type { ScoredRows } from '../../../lib/types';
import { ErrorNote } from '../../../lib/ui/ErrorNote';
import { Panel } from '../../../lib/ui/Panel';
import { scoredUrl, useScore } from '../api/score';
import { ValueTable } from './ValueTable';
import classes from './results.module.css';

/** Rows the training never saw, scored by the model; a forecast goes on from what is given, or from the job's data. */
export default function ScorePanel({ jobId, isForecast }: { jobId: string; isForecast: boolean }) {
  const { t } = useI18n();
  const words = t.understanding;
  const [text, setText] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [horizon, setHorizon] = useState<number | null>(null);
  const scoring = useScore(jobId);
  const isReady = isForecast || file !== null || text.trim() !== '';
  return (
    <Panel title={words.score} hint={isForecast ? words.scoreForecastHint : words.scoreHint}>
      <form
        className={classes.score}
        onSubmit={(event) => {
          event.preventDefault();
          scoring.mutate({ file, text, horizon });
        }}
      >
        <Textarea
          label={words.paste}
          description={words.pasteHint}
          autosize
          minRows={3}
          maxRows={12}
          spellCheck={false}
          disabled={file !== null}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {isForecast && (
          <NumberInput
            className={classes.steps}
            label={words.steps}
            min={1}
            max={10_000}
            allowDecimal={false}
            value={horizon ?? ''}
            onChange={(value) => setHorizon(typeof value === 'number' ? value : null)}
          />
        )}
        <div className={classes.downloads}>
          <FileButton onChange={setFile} accept=".csv,.tsv,.txt,text/csv">
            {(props) => (
              <Button {...props} variant="default">
                {file ? file.name : words.chooseFile}
              </Button>
            )}
          </FileButton>
          {file && (
            <Button variant="subtle" onClick={() => setFile(null)}>
              {words.noFile}
            </Button>
          )}
          <Button type="submit" disabled={!isReady} loading={scoring.isPending}>
            {isForecast ? words.forecastNow : words.scoreNow}
          </Button>
        </div>
      </form>
      {scoring.error && <ErrorNote error={scoring.error} />}
      {scoring.data && <Answer jobId={jobId} scored={scoring.data} />}
    </Panel>
  );
}

function Answer({ jobId, scored }: { jobId: string; scored: ScoredRows }) {
  const { t } = useI18n();
  const words = t.understanding;
  return (
    <div role="status">
      <div className={classes.reasonsHead}>
        <h3 className={classes.part}>{t.results.rows(scored.first_rows.length, scored.rows)}</h3>
        <Button
          component="a"
          size="xs"
          variant="default"
          href={scoredUrl(jobId, scored.id)}
          download="scored_rows.csv"
          leftSection={<DownloadIcon size={14} />}
        >
          {words.downloadScored}
        </Button>
      </div>
      {scored.warnings.length > 0 && (
        <ul className={classes.told}>
          {scored.warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      <ValueTable header={scored.columns} rows={scored.first_rows} label={words.score} />
    </div>
  );
}
