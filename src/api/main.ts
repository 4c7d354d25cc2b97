import 'reflect-metadata';
import { mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule } from '@nestjs/swagger';
import { loadConfig, type Config } from '../config';
import { AutomlError } from '../contracts/failure';
import { createLogger } from '../logger';
import { AppModule } from './app.module';
import { checkBody, refuseBrokenBody } from './common/body';
import { checkCaller, securityHeaders } from './common/security';
import { webApp } from './common/web-app';
import { describeApi } from './openapi';

/** A SQL query may have 100,000 characters, each several bytes. */
const LARGEST_JSON = '1mb';

/** Longer than anybody waits between two questions about a job. */
const KEEP_ALIVE_MS = 30_000;

/** The whole API over its configuration, not listening yet. `close()` closes all that it opened. */
export async function createApp(config: Config): Promise<NestExpressApplication> {
  for (const folder of [config.dataDir, config.uploadDir, config.codingDir]) mkdirSync(folder, { recursive: true });
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(config), {
    bodyParser: false,
    logger: ['error', 'warn'],
    abortOnError: false,
    forceCloseConnections: true,
  });
  // Node's own five minutes would cut a large upload over a slow line off; one that stalls is ended where it is read.
  const server = app.getHttpServer() as Server;
  server.requestTimeout = 0;
  // Clients that ask every few seconds would now and then write to a connection just as Node closes it, idle for five.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  app.disable('x-powered-by');
  app.use(securityHeaders());
  app.use(checkCaller(config));
  app.useBodyParser('json', { limit: LARGEST_JSON });
  app.use(checkBody);
  app.use(refuseBrokenBody);
  app.use(webApp(config));
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'docs-json',
    customSiteTitle: 'AutoML API',
    swaggerOptions: { validatorUrl: null },
  });
  await app.init();
  return app;
}

async function main(): Promise<void> {
  const config = loadConfig();
  const log = createLogger('api', config.debug);
  try {
    const app = await createApp(config);
    await app.listen(config.port, config.host);
    log.info('The API is ready', { url: await app.getUrl() });
    let stopping = false;
    const stop = () => {
      if (stopping) return;
      stopping = true;
      void app.close().then(() => process.exit(0));
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    // The launcher died: an API without one could not be stopped by its user.
    process.on('disconnect', stop);
  } catch (error) {
    const about = error instanceof AutomlError ? { ...error.failure } : { error: String(error) };
    log.error('The API could not start', about);
    process.exit(1);
  }
}

if (require.main === module) void main();
