/**
 * Checks hand-offs in a process of its own: a schema or an answer can make a check run forever or use up all
 * memory, and only a process can be ended whatever it does. It ends with the process that started it.
 */
import { Worker } from 'node:worker_threads';
import { evaluateExpression } from '../workflow/expression.ts';
import { readDecisions } from './decisions.ts';
import type { Answer, FromProcess, Question } from './protocol.ts';
import { readHandoff } from './read.ts';
import { compileHandoffSchema, type HandoffSchema } from './schema.ts';

const watchdog = new Worker(new URL('./watchdog.ts', import.meta.url));

function say(message: FromProcess): void {
  process.send?.(message);
}

function answerTo(question: Question): Answer {
  if (question.kind === 'decisions') return readDecisions(question.message, question.wanted);
  if (question.kind === 'evaluate') {
    const { expression, handoff, round } = question;
    return evaluateExpression(expression, { handoff: JSON.parse(handoff), round });
  }
  // Written by the checker from a schema.
  const schema =
    question.schema === undefined ? undefined : (JSON.parse(question.schema) as HandoffSchema);
  if (question.kind === 'compile') {
    const compiled = compileHandoffSchema(schema ?? true);
    return compiled.ok ? null : compiled.message;
  }
  const { format, message } = question;
  const wish = { handoffFormat: format };
  return readHandoff(schema === undefined ? wish : { ...wish, handoffSchema: schema }, message);
}

process.on('message', (question: Question) => {
  watchdog.postMessage('begin');
  try {
    say({ kind: 'answer', answer: answerTo(question) });
  } catch (error) {
    say({ kind: 'error', message: error instanceof Error ? (error.stack ?? '') : String(error) });
  } finally {
    watchdog.postMessage('end');
  }
});
process.on('disconnect', () => process.exit());
// Ctrl-C in a terminal reaches this process too. When it ends is for the one that started it to say.
process.on('SIGINT', () => undefined);
watchdog.once('online', () => say({ kind: 'ready' }));
