import { NestFactory } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { INestApplication } from '@nestjs/common';
import { cleanupOpenApiDoc } from 'nestjs-zod';
import { loadConfig } from '../config';
import { AppModule } from './app.module';
import { Problem } from './common/dto';

/** The API's description. Every route may also answer a problem (RFC 9457). */
export function describeApi(app: INestApplication): OpenAPIObject {
  const about = new DocumentBuilder()
    .setTitle('AutoML')
    .setDescription(
      'Upload a table, say what you want, get a trained model, predictions and a plot. ' +
        'Errors are problem+json (RFC 9457) with `category`, `code` and `hint`.',
    )
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .build();
  const document = cleanupOpenApiDoc(
    SwaggerModule.createDocument(app, about, { operationIdFactory: operationId, extraModels: [Problem] }),
  );
  return withProblems(withPlainNames(document));
}

/** The description without a server: nothing is opened, connected or written. */
export async function openApiDocument(): Promise<OpenAPIObject> {
  const app = await NestFactory.create(AppModule.with(loadConfig({})), { preview: true, logger: false });
  return describeApi(app);
}

function operationId(controller: string, method: string): string {
  return `${controller.replace(/Controller$/, '').toLowerCase()}_${method}`;
}

/** Answers and requests share no schema here, so answers need no suffix to tell them apart. */
function withPlainNames(document: OpenAPIObject): OpenAPIObject {
  return JSON.parse(JSON.stringify(document).replaceAll('_Output"', '"')) as OpenAPIObject;
}

function withProblems(document: OpenAPIObject): OpenAPIObject {
  const problem = {
    description: 'A problem',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  for (const route of Object.values(document.paths)) {
    for (const operation of Object.values(route)) {
      const { responses } = operation as { responses?: Record<string, unknown> };
      if (responses) responses['default'] = problem;
    }
  }
  return document;
}
