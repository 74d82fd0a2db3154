import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { ApiError } from '../api/api-error.ts';
import { readBody, readQuery } from '../api/input.ts';
import type { Environment } from '../api/routes.ts';
import { parseDuration } from '../durations.ts';
import { faultBody } from '../faults/fault.ts';
import type { Rehearsal } from '../rehearsal.ts';
import { scriptBody } from '../scripts/registered-script.ts';
import { readLedger } from './ledger.ts';

const timeBody = z.strictObject({
  scale: z.number().positive().max(1_000_000).optional(),
  /** Milliseconds, or a duration such as `4h`. */
  jump: z.union([z.number().min(0), z.string()]).optional(),
});

/** Routes for users and tests: ledger, faults, scripts, time. They need no key. */
export function controlRoutes(rehearsal: Rehearsal): Hono<Environment> {
  const { faults, scripts, clock, store } = rehearsal;
  const app = new Hono<Environment>();
  app.get('/health', (context) =>
    context.json({
      service: 'cerevisor-rehearsal',
      pid: process.pid,
      liveRuns: rehearsal.supervisor.liveRuns + rehearsal.exchanges.openStreams,
      timeScale: clock.scale,
    }),
  );
  app.get('/ledger', (context) => {
    const query = readQuery(context, { events: z.enum(['0', '1']).default('0') });
    const options = { origin: rehearsal.origin(), includesEvents: query.events === '1' };
    return context.json(readLedger(store, options));
  });
  app.get('/faults', (context) => context.json({ items: faults.list() }));
  app.post('/faults', requireJson, async (context) => {
    const { match, effect } = await readBody(context, faultBody);
    return context.json(faults.add(match, effect), 201);
  });
  app.delete('/faults', (context) => context.json({ cleared: faults.clear() }));
  app.delete('/faults/:faultId', (context) => {
    const cleared = faults.clear(context.req.param('faultId'));
    if (cleared === 0) throw new ApiError('not_found', 'There is no such fault');
    return context.json({ cleared });
  });
  app.get('/scripts', (context) => context.json({ items: scripts.list() }));
  app.post('/scripts', requireJson, async (context) =>
    context.json(scripts.add(await readBody(context, scriptBody)), 201),
  );
  app.delete('/scripts', (context) => context.json({ cleared: scripts.clear() }));
  app.delete('/scripts/:scriptId', (context) => {
    const cleared = scripts.clear(context.req.param('scriptId'));
    if (cleared === 0) throw new ApiError('not_found', 'There is no such script');
    return context.json({ cleared });
  });
  const time = () => ({ now: new Date(clock.now()).toISOString(), scale: clock.scale });
  app.get('/time', (context) => context.json(time()));
  app.post('/time', requireJson, async (context) => {
    const { scale, jump } = await readBody(context, timeBody);
    const jumpMs = typeof jump === 'string' ? parseDuration(jump) : (jump ?? 0);
    if (jumpMs === undefined)
      throw new ApiError('validation_error', `jump: ${jump} is not a duration`);
    if (scale !== undefined) clock.setScale(scale);
    if (jumpMs > 0) clock.jump(jumpMs);
    return context.json(time());
  });
  return app;
}

/** A web page of another origin cannot send JSON without a CORS preflight, which this server does not answer. */
async function requireJson(context: Context, next: () => Promise<void>): Promise<void> {
  if (!(context.req.header('content-type') ?? '').startsWith('application/json')) {
    throw new ApiError('validation_error', 'Send Content-Type: application/json');
  }
  await next();
}
