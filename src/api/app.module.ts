import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { ZodValidationPipe } from 'nestjs-zod';
import type { Config } from '../config';
import { createSecrets, createSqlSources } from '../data';
import { Database, DatasetStore, JobStore } from '../entities';
import { createLogger, type Logger } from '../logger';
import { JobWorkflows } from '../temporal/client';
import { ProblemFilter } from './common/problem.filter';
import { TemporalCalls } from './common/temporal-calls';
import { AnalyticsController } from './analytics/analytics.controller';
import { AuditController } from './audit/audit.controller';
import { IncomingFiles } from './common/incoming-files';
import { CONFIG, LOGGER, SECRETS, SQL_SOURCES } from './common/tokens';
import { ConnectionsController } from './connections/connections.controller';
import { ConnectionsService } from './connections/connections.service';
import { DraftsService } from './connections/drafts.service';
import { DatasetsController } from './datasets/datasets.controller';
import { DatasetsService } from './datasets/datasets.service';
import { InspectionsService } from './datasets/inspections.service';
import { SqlDatasetsController } from './datasets/sql-datasets.controller';
import { SqlDatasetsService } from './datasets/sql-datasets.service';
import { VersionsService } from './datasets/versions.service';
import { EventsController } from './events/events.controller';
import { EventsService } from './events/events.service';
import { HealthController } from './health/health.controller';
import { JobDatasetsController } from './jobs/job-datasets.controller';
import { JobDatasetsService } from './jobs/job-datasets.service';
import { JobsController } from './jobs/jobs.controller';
import { EstimatesController } from './jobs/estimates.controller';
import { ArchiveService } from './jobs/archive.service';
import { ControlsService } from './jobs/controls.service';
import { ForksService } from './jobs/forks.service';
import { PlansService } from './jobs/plans.service';
import { JobsService } from './jobs/jobs.service';
import { RecordsController } from './jobs/records.controller';
import { RecordsService } from './jobs/records.service';
import { ResultsController } from './jobs/results.controller';
import { ResultsService } from './jobs/results.service';
import { ScoresController } from './jobs/scores.controller';
import { ScoresService } from './jobs/scores.service';
import { UploadService } from './jobs/upload.service';
import { SystemController } from './system/system.controller';
import { SystemService } from './system/system.service';

/** Everything the API is made of, for one configuration. */
@Module({})
export class AppModule implements OnApplicationShutdown {
  constructor(
    private readonly database: Database,
    private readonly workflows: JobWorkflows,
    private readonly calls: TemporalCalls,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  static with(config: Config): DynamicModule {
    const { temporal } = config;
    return {
      module: AppModule,
      controllers: [
        // Before the routes of which `estimate` would be an id.
        EstimatesController,
        JobsController,
        JobDatasetsController,
        RecordsController,
        ResultsController,
        ScoresController,
        EventsController,
        AuditController,
        AnalyticsController,
        ConnectionsController,
        // Before the routes of which `sql` would be an id.
        SqlDatasetsController,
        DatasetsController,
        HealthController,
        SystemController,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: LOGGER, useFactory: () => createLogger('api', config.debug) },
        { provide: Database, useFactory: () => Database.open(config.databaseUrl) },
        { provide: JobWorkflows, useFactory: () => JobWorkflows.connect(config) },
        {
          provide: JobStore,
          inject: [Database],
          useFactory: (database: Database) =>
            new JobStore(database, { temporalUiUrl: temporal.uiUrl, namespace: temporal.namespace }),
        },
        { provide: DatasetStore, inject: [Database], useFactory: (database: Database) => new DatasetStore(database) },
        { provide: SECRETS, useFactory: () => createSecrets(config) },
        { provide: SQL_SOURCES, useFactory: () => createSqlSources(config.sqlSources) },
        { provide: APP_FILTER, inject: [LOGGER], useFactory: (log: Logger) => new ProblemFilter(log) },
        { provide: APP_PIPE, useClass: ZodValidationPipe },
        TemporalCalls,
        JobsService,
        ControlsService,
        ForksService,
        PlansService,
        UploadService,
        RecordsService,
        ResultsService,
        ScoresService,
        ArchiveService,
        EventsService,
        ConnectionsService,
        DraftsService,
        DatasetsService,
        InspectionsService,
        SqlDatasetsService,
        VersionsService,
        JobDatasetsService,
        IncomingFiles,
        SystemService,
      ],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.calls.settled();
    await this.workflows.close().catch((error: unknown) => this.log.debug('Temporal', { error: String(error) }));
    await this.database.close();
  }
}
