import { NestFactory } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { INestApplication } from '@nestjs/common';
import { cleanupOpenApiDoc } from 'nestjs-zod';
import { z } from 'zod';
import { loadConfig } from '../config';
import { AppModule } from './app.module';
import * as dtos from './common/dto';

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
    SwaggerModule.createDocument(app, about, { operationIdFactory: operationId, extraModels: [dtos.Problem] }),
  );
  return withProblems(withSchemas(document));
}

/** The description without a server: nothing is opened, connected or written. */
export async function openApiDocument(): Promise<OpenAPIObject> {
  const app = await NestFactory.create(AppModule.with(loadConfig({})), { preview: true, logger: false });
  return describeApi(app);
}

function operationId(controller: string, method: string): string {
  return `${controller.replace(/Controller$/, '').toLowerCase()}_${method}`;
}

/**
 * Every schema straight from zod, in the dialect of OpenAPI 3.1: the way through Nest's metadata turns a nullable
 * string into an array. Answers and requests share no schema, so no suffix is needed to tell them apart; answers may
 * gain fields.
 */
function withSchemas(document: OpenAPIObject): OpenAPIObject {
  const { schemas } = document.components!;
  for (const [name, dto] of Object.entries(dtos)) {
    const io = `${name}_Output` in schemas! ? 'output' : 'input';
    const { $schema: _dialect, ...schema } = z.toJSONSchema(dto.schema, {
      io,
      override: ({ jsonSchema }) => {
        if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
        // Said by the type or the format already.
        if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
        if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
        if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      },
    });
    const used = `${name}_Output` in schemas! || name in schemas!;
    delete schemas![`${name}_Output`];
    if (used) schemas![name] = schema as (typeof schemas & object)[string];
  }
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
