import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { useI18n } from '../../../lib/i18n';
import { DownloadIcon, FileIcon } from '../../../lib/icons';
import type { ResultsView } from '../../../lib/types';
import { archiveUrl, figuresUrl, modelUrl, plotUrl, predictionsUrl, spreadsheetUrl } from '../api/get-results';
import classes from './results.module.css';

/** Plain links, so that a browser's own download handling (resume, folder, progress) does the work. */
export function Downloads({ jobId, results }: { jobId: string; results: ResultsView }) {
  const { t } = useI18n();
  const files = [
    results.predictions_csv && {
      href: predictionsUrl(jobId),
      name: 'predictions.csv',
      label: t.results.downloadPredictions,
    },
    results.predictions_csv && {
      href: spreadsheetUrl(jobId),
      name: 'predictions_for_spreadsheets.csv',
      label: t.results.downloadSpreadsheet,
    },
    ...results.model_files
      .filter((model) => model.exists)
      .map((model) => ({ href: modelUrl(model.id), name: 'model.zip', label: t.results.downloadModel })),
    results.forecast_plot && { href: plotUrl(jobId), name: 'forecast_plot.png', label: t.results.downloadPlot },
    results.figures && { href: figuresUrl(jobId), name: 'figures.zip', label: t.results.downloadFigures },
    { href: archiveUrl(jobId), name: `job-${jobId}.zip`, label: t.results.downloadAll },
  ].filter((file) => file !== false);
  return (
    <div className={classes.downloads} role="group" aria-label={t.results.downloads}>
      {files.map((file) => (
        <Button
          key={file.href}
          component="a"
          href={file.href}
          download={file.name}
          variant="default"
          leftSection={<DownloadIcon size={16} />}
        >
          {file.label}
        </Button>
      ))}
      <Button
        component={Link}
        href={`/app/jobs/${jobId}/report`}
        variant="default"
        leftSection={<FileIcon size={16} />}
      >
        {t.insight.report}
      </Button>
    </div>
  );
}
