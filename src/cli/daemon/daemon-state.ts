import { ApiError } from '../../contract/errors.ts';
import { isRunning, isSuspended, type ProcessIdentity } from '../../lib/process.ts';
import { commandError } from '../command-error.ts';
import { createDaemonClient } from './client.ts';
import { type DaemonAddress, locateDaemon, readTransition } from './locate.ts';

/** A daemon that is running but does not respond: it is starting, stopping or suspended, or the machine is busy. */
export type UnresponsiveDaemon = ProcessIdentity & {
  readonly kind: 'unresponsive';
  /** For example "is reading its journal"; null if it should respond. */
  readonly doing: string | null;
};

/** The state of the daemon of a home. Only a daemon whose process has ended is absent. */
export type DaemonState =
  | { readonly kind: 'running'; readonly address: DaemonAddress }
  | UnresponsiveDaemon
  | { readonly kind: 'absent' };

/** The default timeout for a response. */
const RESPONSE_TIMEOUT_MS = 5_000;

/**
 * Determines the state of the daemon. The request carries its token, because a stale file may name a port that another
 * program uses by now, even the daemon of another home.
 */
export async function checkDaemon(
  home: string,
  timeoutMs = RESPONSE_TIMEOUT_MS,
): Promise<DaemonState> {
  const transition = await readTransition(home);
  if (transition !== null && isRunning(transition)) {
    const { pid, began, doing } = transition;
    return { kind: 'unresponsive', pid, began, doing };
  }
  const address = await locateDaemon(home);
  if (address === null) return { kind: 'absent' };
  const result = await probe(home, timeoutMs);
  if (result === 'own') return { kind: 'running', address };
  if (result === 'other' || !isRunning(address)) return { kind: 'absent' };
  // Nothing listens there, and without the start time the process id may belong to another process.
  if (result === 'refused' && address.began === undefined) return { kind: 'absent' };
  return { kind: 'unresponsive', pid: address.pid, began: address.began, doing: null };
}

type ProbeResult = 'own' | 'other' | 'refused' | 'timeout';

async function probe(home: string, timeoutMs: number): Promise<ProbeResult> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    await createDaemonClient(home).status(signal);
    return 'own';
  } catch (error) {
    if (signal.aborted) return 'timeout';
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 0) return 'refused';
    // It responds with an error, such as a full disk, which the command will show.
    return foreignCodes.includes(error.code) ? 'other' : 'own';
  }
}

const foreignCodes = ['not_logged_in', 'foreign_host', 'not_cerevisor', 'not_found'];

/** For example "is running (process 4711) and is reading its journal but does not respond yet". */
export function describeUnresponsive({ pid, doing }: UnresponsiveDaemon): string {
  if (doing === 'is stopping') return `is stopping (process ${pid})`;
  const work = doing === null ? '' : ` and ${doing}`;
  return `is running (process ${pid})${work} but does not respond yet`;
}

/** What the user can do about an unresponsive daemon. */
export function suggestionForUnresponsive({ pid }: UnresponsiveDaemon): string {
  return isSuspended(pid)
    ? `It is suspended; resume it with \`kill -CONT ${pid}\`. Cloud agents continue in the meantime.`
    : 'The machine may be busy: wait, and check again with `cerevisor status`. Cloud agents continue in the meantime.';
}

export const unresponsiveError = (daemon: UnresponsiveDaemon): ApiError =>
  commandError(
    'daemon_silent',
    `Cerevisor ${describeUnresponsive(daemon)}.`,
    suggestionForUnresponsive(daemon),
  );
