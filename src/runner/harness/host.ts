import { trustCertificateFile } from '../../lib/certificates.ts';
import { shorten } from './cursor-local/failures.ts';
import { openCursorThread } from './cursor-local/open-thread.ts';
import { endOwnFamily } from './end-own-family.ts';
import { ALIVE_EVERY_MS, type FromHost, THREAD_VARIABLE, toHostSchema } from './harness.ts';
import { HarnessError } from './harness-error.ts';
import { HostedThread } from './hosted-thread.ts';
import { RunnerLink } from './runner-link.ts';

/**
 * A host: a child of the runner that loads a harness for one thread. What the harness does to its process (errors that
 * nobody handles, changed settings, memory) stays in here, and the process may be killed at any time.
 */
const link = new RunnerLink(send);
const hosted = new HostedThread(link, openCursorThread);
let isEnding = false;

const distrusted = trustCertificateFile(process.env);
if (distrusted !== null) complain(distrusted);

process.on('message', (raw) => void receive(raw));
// The runner is gone: nobody hears us any more, and nobody else ends what we started.
process.on('disconnect', () => void end({ isOrphan: true }));
process.on('SIGTERM', () => void end({ isOrphan: false }));
// A terminal that closes, and Ctrl-C in one, mean others.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
// A promise that the harness forgot breaks at most its own call.
process.on('unhandledRejection', (reason) => {
  const text = describe(reason);
  complain(`unhandled rejection: ${text}`);
  hosted.complain(`Unhandled error in Cursor's SDK: ${text}`);
});
// Here the state is not to be trusted: the turn is told as interrupted, and another process resumes it.
process.on('uncaughtException', (error) => void giveUp(error));

setInterval(() => {
  void link.tell({ kind: 'alive', rssBytes: process.memoryUsage.rss() });
}, ALIVE_EVERY_MS);
void link.tell({ kind: 'ready' });

async function receive(raw: unknown): Promise<void> {
  const message = toHostSchema.safeParse(raw);
  if (!message.success) return complain(`unreadable message: ${message.error.message}`);
  if (message.data.kind === 'close') return end({ isOrphan: false });
  try {
    await hosted.handle(message.data);
  } catch (error) {
    if (error instanceof HarnessError) await fail(error);
    else await giveUp(error);
  }
}

/** The harness cannot be used at all. */
async function fail({ failure }: HarnessError): Promise<void> {
  await link.tell({ kind: 'failed', failure });
  await end({ isOrphan: false });
}

async function giveUp(error: unknown): Promise<void> {
  const text = describe(error);
  complain(`uncaught exception: ${text}`);
  if (isEnding) process.exit(70);
  isEnding = true;
  const message = `The agent's process ended because of an unhandled error: ${text}`;
  await hosted.giveUp({ code: 'host_failed', message });
  process.exit(70);
}

async function end({ isOrphan }: { readonly isOrphan: boolean }): Promise<void> {
  if (isEnding && !isOrphan) return;
  isEnding = true;
  try {
    if (isOrphan) hosted.leaveUnstored();
    await hosted.close();
    if (isOrphan) await endOwnFamily(process.env[THREAD_VARIABLE] ?? '');
  } catch (error) {
    complain(`not closed in good order: ${describe(error)}`);
  }
  process.exit(0);
}

/** A failed message means that the runner is gone; `disconnect` deals with that. */
function send(message: FromHost): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || process.send === undefined) return resolve();
    process.send(message, () => resolve());
  });
}

/** Errors of the SDK carry lines of its bundle, which are megabytes long. */
function describe(error: unknown): string {
  return shorten(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
