import { z } from 'zod';
import { trustCertificateFile } from '../../../lib/certificates.ts';
import { causeCodes } from '../errors.ts';
import { executeOperation } from './operations.ts';
import { type FromHost, type Thrown, type ToHost, toHostSchema } from './protocol.ts';
import { type CallTrace, traceFetch, withTrace } from './traced-fetch.ts';

/**
 * The SDK host: a child process of the daemon that loads `@cursor/sdk`. An unhandled rejection inside the SDK can end its
 * process, it changes process-wide TLS settings, and its requests have no timeouts. The separate process contains all of
 * that, and can be killed at any time.
 */
const aborts = new Map<number, AbortController>();

const certificateProblem = trustCertificateFile(process.env);
if (certificateProblem !== null) log(certificateProblem);
globalThis.fetch = traceFetch(globalThis.fetch);
const sdkModule = import('@cursor/sdk');

process.on('message', (raw) => {
  const message = toHostSchema.safeParse(raw);
  if (!message.success) return rejectCall(raw, message.error.message);
  if (message.data.kind === 'abort') aborts.get(message.data.id)?.abort();
  else void handleCall(message.data);
});

// The daemon has exited, so results are no longer needed.
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole process group; the daemon decides when this process ends.
process.on('SIGINT', () => log('ignoring SIGINT; the daemon decides'));
// An unhandled rejection in the SDK affects at most its own call.
process.on('unhandledRejection', (reason) => log('unhandled rejection', reason));
// The state may be corrupt: exit, so that every open call has an unknown outcome.
process.on('uncaughtException', (thrown) => {
  log('uncaught exception', thrown);
  process.exit(70);
});

async function handleCall(call: Extract<ToHost, { kind: 'call' }>): Promise<void> {
  const abort = new AbortController();
  aborts.set(call.id, abort);
  const trace: CallTrace = { signal: abort.signal };
  try {
    const sdk = await sdkModule;
    const value = await withTrace(trace, () =>
      executeOperation(sdk, call.operation, call.apiKey, trace),
    );
    reply({ kind: 'value', id: call.id, value: value ?? null });
  } catch (thrown) {
    reply({ kind: 'thrown', id: call.id, thrown: flatten(thrown, trace) });
  } finally {
    aborts.delete(call.id);
  }
}

/** Replies to a malformed call, whose caller would otherwise wait for the timeout. */
function rejectCall(raw: unknown, reason: string): void {
  log('invalid call', new Error(reason));
  const id = z.object({ id: z.number() }).safeParse(raw).data?.id;
  if (id === undefined) return;
  const thrown = { name: 'ConfigurationError', message: reason, causes: [] };
  reply({ kind: 'thrown', id, thrown });
}

function reply(message: FromHost): void {
  // The channel may have closed meanwhile; `disconnect` then ends the process.
  process.send?.(message, (error: Error | null) => {
    if (error !== null) log('a reply could not be sent to the daemon', error);
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

function log(message: string, reason?: unknown): void {
  const detail = reason instanceof Error ? `${reason.name}: ${reason.message}` : '';
  process.stderr.write(`${message} ${detail}\n`);
}
