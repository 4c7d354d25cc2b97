import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { Analytics } from '../../contracts/analytics';
import * as connections from '../../contracts/connections';
import * as overrides from '../../contracts/dataset-overrides';
import * as datasets from '../../contracts/datasets';
import * as drafts from '../../contracts/drafts';
import * as estimates from '../../contracts/estimates';
import { Insight } from '../../contracts/insight';
import * as jobList from '../../contracts/job-list';
import * as jobs from '../../contracts/jobs';
import * as turns from '../../contracts/turns';
import * as scores from '../../contracts/scores';
import * as system from '../../contracts/system';
import * as timeline from '../../contracts/timeline';

/** The contracts as classes: what Nest checks requests with, and what the API description names. */

export class CreateJob extends createZodDto(jobs.CreateJob) {}
export class JobCreated extends createZodDto(jobs.JobCreated) {}
export class Uploaded extends createZodDto(jobs.Uploaded) {}
export class StatusChange extends createZodDto(jobs.StatusChange) {}
export class RenameJob extends createZodDto(jobs.RenameJob) {}
/** An empty body is a retry from the phase that failed. */
export class RetryJob extends createZodDto(jobs.RetryJob) {}
export class RevisePlan extends createZodDto(jobs.RevisePlan) {}
export class PlanView extends createZodDto(jobs.PlanView) {}
export class ForkJob extends createZodDto(jobs.ForkJob) {}
export class UpdateJob extends createZodDto(jobs.UpdateJob) {}
export class JobUpdated extends createZodDto(jobs.JobUpdated) {}
export class AnswerJob extends createZodDto(jobs.AnswerJob) {}
export class SendMessage extends createZodDto(jobs.SendMessage) {}
export class MessageSent extends createZodDto(jobs.MessageSent) {}
export class JobView extends createZodDto(jobs.JobView) {}
export class LogView extends createZodDto(jobs.LogView) {}
export class MessageView extends createZodDto(jobs.MessageView) {}
export class StatisticsView extends createZodDto(jobs.StatisticsView) {}
export class TurnView extends createZodDto(turns.TurnView) {}
export class ReportView extends createZodDto(jobs.ReportView) {}
export class ScriptView extends createZodDto(jobs.ScriptView) {}
export class ModelView extends createZodDto(jobs.ModelView) {}
export class LeaderboardView extends createZodDto(jobs.LeaderboardView) {}
export class ResultsView extends createZodDto(jobs.ResultsView) {}
export class InsightView extends createZodDto(Insight) {}
export class ScoreRows extends createZodDto(scores.ScoreRows) {}
export class ScoredRows extends createZodDto(scores.ScoredRows) {}
export class ResourceView extends createZodDto(jobs.ResourceView) {}
export class TimelineView extends createZodDto(timeline.TimelineView) {}
export class EstimateQuery extends createZodDto(estimates.EstimateQuery) {}
export class RunEstimate extends createZodDto(estimates.RunEstimate) {}
export class AuditView extends createZodDto(jobs.AuditView) {}
export class Problem extends createZodDto(jobs.Problem) {}

export class CreateConnection extends createZodDto(connections.CreateConnection) {}
export class ConnectionView extends createZodDto(connections.ConnectionView) {}
export class ConnectionTest extends createZodDto(connections.ConnectionTest) {}
export class CatalogTable extends createZodDto(connections.CatalogTable) {}
export class CatalogColumn extends createZodDto(connections.CatalogColumn) {}
export class PreviewQuery extends createZodDto(connections.PreviewQuery) {}
export class QueryPreview extends createZodDto(connections.QueryPreview) {}
export class DraftQuery extends createZodDto(drafts.DraftQuery) {}
export class DraftedQuery extends createZodDto(drafts.DraftedQuery) {}
export class DatasetView extends createZodDto(datasets.DatasetView) {}
export class DatasetDetails extends createZodDto(datasets.DatasetDetails) {}
export class DatasetVersionView extends createZodDto(datasets.DatasetVersionView) {}
export class DatasetVersionDetails extends createZodDto(datasets.DatasetVersionDetails) {}
export class RenameDataset extends createZodDto(datasets.RenameDataset) {}
export class CreateVersion extends createZodDto(datasets.CreateVersion) {}
export class DatasetRows extends createZodDto(datasets.DatasetRows) {}
export class DatasetDiff extends createZodDto(datasets.DatasetDiff) {}
export class JobDataset extends createZodDto(datasets.JobDataset) {}
export class DatasetInspection extends createZodDto(overrides.DatasetInspection) {}
export class DatasetOverrides extends createZodDto(overrides.DatasetOverrides) {}
export class CreateSqlDataset extends createZodDto(connections.CreateSqlDataset) {}
export class SqlDatasetCreated extends createZodDto(connections.SqlDatasetCreated) {}
export class SqlDatasetView extends createZodDto(connections.SqlDatasetView) {}
export class SqlDatasetPreview extends createZodDto(connections.SqlDatasetPreview) {}
export class Created extends createZodDto(z.object({ id: z.string(), message: z.string() })) {}

export class Liveness extends createZodDto(
  z.object({ status: z.literal('ok'), instance: z.string().describe('Which installation answers') }),
) {}
export class Readiness extends createZodDto(
  z.object({ status: z.enum(['ok', 'unavailable']), database: z.boolean(), temporal: z.boolean() }),
) {}
export class SystemView extends createZodDto(system.SystemView) {}

export class AnalyticsView extends createZodDto(Analytics) {}
export class AnalyticsQuery extends createZodDto(
  z.object({
    days: z.coerce.number().int().min(1).max(365).default(30).describe('Today and the days before it, in UTC'),
  }),
) {}

const limit = (most: number, unlessGiven: number) => z.coerce.number().int().min(1).max(most).default(unlessGiven);
const id = z.coerce.number().int().min(0);

export class ArchiveQuery extends createZodDto(
  z.object({ dataset: z.stringbool().default(false).describe('Whether the prepared data set is in it too') }),
) {}

export class TableFileQuery extends createZodDto(
  z.object({
    spreadsheet: z
      .stringbool()
      .default(false)
      .describe('A copy that Excel and its like may open: no cell is run as a formula, and it is known as UTF-8'),
  }),
) {}

export class JobsQuery extends createZodDto(jobList.JobsQuery) {}

export class AuditQuery extends createZodDto(
  z.object({
    job: z.string().max(100).optional().describe('Only what concerns this job'),
    before: id.optional().describe('Only rows with a lower id: the page after'),
    limit: limit(1000, 100),
  }),
) {}

export class LogsQuery extends createZodDto(
  z.object({
    level: z
      .union([jobs.LogLevel, z.array(jobs.LogLevel)])
      .transform((level) => [level].flat())
      .optional()
      .describe('One level, or several'),
    search: z.string().min(1).max(200).optional(),
    after: id.optional().describe('Only rows with a higher id'),
    before: id.optional().describe('Only rows with a lower id: the page after'),
    limit: limit(5000, 1000),
  }),
) {}

export class MessagesQuery extends createZodDto(
  z.object({ after: id.optional().describe('Only rows with a higher id'), limit: limit(5000, 1000) }),
) {}

const flag = (unlessGiven: 'true' | 'false') =>
  z
    .enum(['true', 'false'])
    .default(unlessGiven)
    .transform((word) => word === 'true');

export class UploadQuery extends createZodDto(
  z.object({ start: flag('true').describe('`false`: read the file, but wait for `POST /jobs/{id}/start`') }),
) {}
export class WaitQuery extends createZodDto(
  z.object({ wait: flag('true').describe('`false`: answer at once; the version gets ready by itself') }),
) {}
export class NoWaitQuery extends createZodDto(
  z.object({ wait: flag('false').describe('`true`: answer when the version is ready, or with why it is not') }),
) {}
export class DatasetsQuery extends createZodDto(
  z.object({
    limit: limit(500, 100),
    cursor: z.coerce.number().int().min(0).default(0).describe('From the `next` address in the Link header'),
  }),
) {}
export class RowsQuery extends createZodDto(
  z.object({ offset: z.coerce.number().int().min(0).default(0), limit: limit(1000, 100) }),
) {}
export class DiffQuery extends createZodDto(
  z.object({ from: z.coerce.number().int().min(1), to: z.coerce.number().int().min(1) }),
) {}
export class TableQuery extends createZodDto(
  z.object({ schema: z.string().max(500).optional(), name: z.string().min(1).max(500) }),
) {}

export class PageQuery extends createZodDto(z.object({ limit: limit(1000, 100) })) {}

export class EventsQuery extends createZodDto(
  z.object({ after: id.optional().describe('The number of the last event that the client has') }),
) {}
