import { Hono } from 'hono';
import type { Environment } from '../api/routes.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { anthropicDialect } from './anthropic/dialect.ts';
import { listModels, modelsOf } from './catalog.ts';
import { chatCompletionsDialect } from './chat-completions/dialect.ts';
import { responsesDialect } from './responses/dialect.ts';
import { serveModel } from './serve-model.ts';

/** The model APIs of other providers, each below its own path. */
export function modelRoutes(rehearsal: Rehearsal): Hono<Environment> {
  const app = new Hono<Environment>();
  app.post('/anthropic/v1/messages', serveModel(rehearsal, anthropicDialect));
  app.get('/anthropic/v1/models', (context) =>
    context.json({
      data: modelsOf('anthropic-messages').map((id) => ({
        type: 'model',
        id,
        display_name: id,
        created_at: '2026-01-01T00:00:00Z',
      })),
      has_more: false,
    }),
  );
  app.post('/openai/v1/chat/completions', serveModel(rehearsal, chatCompletionsDialect));
  app.post('/openai/v1/responses', serveModel(rehearsal, responsesDialect));
  app.get('/openai/v1/models', (context) => context.json(listModels(rehearsal)));
  return app;
}
