/**
 * Checks hand-offs in a separate process: a schema or an answer can make a check run forever or use up all memory, and
 * only a process can be killed whatever it does. It exits with the process that started it.
 */
import { Worker } from 'node:worker_threads';
import { evaluateExpression } from '../workflow/expression.ts';
import { readDecisions } from './decisions.ts';
import type { CheckRequest, CheckResult, ProcessMessage } from './protocol.ts';
import { readHandoff } from './read.ts';
import { compileHandoffSchema, type HandoffSchema } from './schema.ts';

const watchdog = new Worker(new URL('./watchdog.ts', import.meta.url));

function send(message: ProcessMessage): void {
  process.send?.(message);
}

function handle(request: CheckRequest): CheckResult {
  if (request.kind === 'decisions') return readDecisions(request.message, request.connectionIds);
  if (request.kind === 'evaluate') {
    const { expression, handoff, round } = request;
    return evaluateExpression(expression, { handoff: JSON.parse(handoff), round });
  }
  // The checker serialized it from a schema.
  const schema =
    request.schema === undefined ? undefined : (JSON.parse(request.schema) as HandoffSchema);
  if (request.kind === 'compile') {
    const compiled = compileHandoffSchema(schema ?? true);
    return compiled.ok ? null : compiled.message;
  }
  const { format, message } = request;
  const spec = { handoffFormat: format };
  return readHandoff(schema === undefined ? spec : { ...spec, handoffSchema: schema }, message);
}

process.on('message', (request: CheckRequest) => {
  watchdog.postMessage('begin');
  try {
    send({ kind: 'result', result: handle(request) });
  } catch (error) {
    send({ kind: 'error', message: error instanceof Error ? (error.stack ?? '') : String(error) });
  } finally {
    watchdog.postMessage('end');
  }
});
process.on('disconnect', () => process.exit());
// Ctrl-C in a terminal reaches this process too, but the parent process decides when it ends.
process.on('SIGINT', () => undefined);
watchdog.once('online', () => send({ kind: 'ready' }));
