import { z } from 'zod';
import { trustCertificateFile } from '../../../lib/certificates.ts';
import { causeCodes } from '../errors.ts';
import { executeOperation } from './operations.ts';
import { type FromHost, type Thrown, type ToHost, toHostSchema } from './protocol.ts';
import { type CallTrace, traced, watchFetch } from './watched-fetch.ts';

/**
 * The SDK host: a child process of the daemon that loads `@cursor/sdk`. An unhandled rejection inside the SDK
 * can end the process that it lives in, it changes process-wide TLS settings, and its requests have no
 * timeouts; all of that stays in here, and this process may be killed at any time.
 */
const aborts = new Map<number, AbortController>();

const distrusted = trustCertificateFile(process.env);
if (distrusted !== null) complain(distrusted);
globalThis.fetch = watchFetch(globalThis.fetch);
const sdkModule = import('@cursor/sdk');

process.on('message', (raw) => {
  const message = toHostSchema.safeParse(raw);
  if (!message.success) return refuse(raw, message.error.message);
  if (message.data.kind === 'abort') aborts.get(message.data.id)?.abort();
  else void answer(message.data);
});

// The daemon is gone: nobody wants an answer anymore.
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole process group; the daemon decides when this process ends.
process.on('SIGINT', () => complain('ignoring SIGINT; the daemon decides'));
// A promise that the SDK forgot breaks at most its own call.
process.on('unhandledRejection', (reason) => complain('unhandled rejection', reason));
// Here the state is not to be trusted: end, and let every open call answer "unknown".
process.on('uncaughtException', (thrown) => {
  complain('uncaught exception', thrown);
  process.exit(70);
});

async function answer(call: Extract<ToHost, { kind: 'call' }>): Promise<void> {
  const abort = new AbortController();
  aborts.set(call.id, abort);
  const trace: CallTrace = { signal: abort.signal };
  try {
    const sdk = await sdkModule;
    const value = await traced(trace, () =>
      executeOperation(sdk, call.operation, call.apiKey, trace),
    );
    reply({ kind: 'value', id: call.id, value: value ?? null });
  } catch (thrown) {
    reply({ kind: 'thrown', id: call.id, thrown: flatten(thrown, trace) });
  } finally {
    aborts.delete(call.id);
  }
}

/** A call that is not even well formed gets its answer too, or its caller would wait for the deadline. */
function refuse(raw: unknown, reason: string): void {
  complain('unreadable call', new Error(reason));
  const id = z.object({ id: z.number() }).safeParse(raw).data?.id;
  if (id === undefined) return;
  const thrown = { name: 'ConfigurationError', message: reason, causes: [] };
  reply({ kind: 'thrown', id, thrown });
}

function reply(message: FromHost): void {
  // The channel may close between the answer and this line; `disconnect` ends the process then.
  process.send?.(message, (error: Error | null) => {
    if (error !== null) complain('the daemon did not take an answer', error);
  });
}

function flatten(thrown: unknown, trace: CallTrace): Thrown {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const fields: Record<string, unknown> = { ...error };
  const text = (name: string) => (typeof fields[name] === 'string' ? { [name]: fields[name] } : {});
  return {
    name: error.name,
    message: error.message,
    ...text('code'),
    ...(typeof fields.status === 'number' ? { status: fields.status } : {}),
    ...text('endpoint'),
    ...text('helpUrl'),
    causes: causeCodes(error.cause),
    ...(trace.retryAfter === undefined ? {} : { retryAfter: trace.retryAfter }),
  };
}

function complain(what: string, reason?: unknown): void {
  const detail = reason instanceof Error ? `${reason.name}: ${reason.message}` : '';
  process.stderr.write(`${what} ${detail}\n`);
}
