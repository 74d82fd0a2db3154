import { ApiError } from '../../contract/errors.ts';
import { isRunning, isSuspended, type ProcessIdentity } from '../../lib/process.ts';
import { refusal } from '../refusal.ts';
import { connectTo } from './connect.ts';
import { type DaemonAddress, locateDaemon, readTransition } from './locate.ts';

/** A daemon that is running but does not respond: it is starting, stopping or suspended, or the machine is busy. */
export type SilentDaemon = ProcessIdentity & {
  readonly kind: 'silent';
  /** "is reading its journal", say; null when it should answer. */
  readonly doing: string | null;
};

/** What can be said of the daemon of a home. Slow is not dead: only a process that has ended is absent. */
export type Presence =
  | { readonly kind: 'answering'; readonly address: DaemonAddress }
  | SilentDaemon
  | { readonly kind: 'absent' };

/** How long a daemon gets for one answer. */
const ANSWER_MS = 5_000;

/**
 * Asked with its token: a file that was left behind may name a port where by now someone else listens, even the
 * daemon of another home.
 */
export async function daemonPresence(home: string, timeoutMs = ANSWER_MS): Promise<Presence> {
  const transition = await readTransition(home);
  if (transition !== null && isRunning(transition)) {
    const { pid, began, doing } = transition;
    return { kind: 'silent', pid, began, doing };
  }
  const address = await locateDaemon(home);
  if (address === null) return { kind: 'absent' };
  const answer = await ask(home, timeoutMs);
  if (answer === 'ours') return { kind: 'answering', address };
  if (answer === 'foreign' || !isRunning(address)) return { kind: 'absent' };
  // Nobody listens there, and only its number speaks for the process: it may be anyone's by now.
  if (answer === 'nobody' && address.began === undefined) return { kind: 'absent' };
  return { kind: 'silent', pid: address.pid, began: address.began, doing: null };
}

type Answer = 'ours' | 'foreign' | 'nobody' | 'none';

async function ask(home: string, timeoutMs: number): Promise<Answer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    await connectTo(home).status(signal);
    return 'ours';
  } catch (error) {
    if (signal.aborted) return 'none';
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 0) return 'nobody';
    // It is there, but in trouble of its own (a full disk, say): that is for the command to show.
    return notOurs.includes(error.code) ? 'foreign' : 'ours';
  }
}

const notOurs = ['not_logged_in', 'foreign_host', 'not_cerevisor', 'not_found'];

/** "runs (process 4711) and is reading its journal; it does not answer yet" */
export function silenceOf({ pid, doing }: SilentDaemon): string {
  if (doing === 'is stopping') return `is stopping (process ${pid})`;
  const work = doing === null ? '' : ` and ${doing}`;
  return `is running (process ${pid})${work} but does not respond yet`;
}

/** What a person can do about a daemon that stays silent. */
export function adviceOn({ pid }: SilentDaemon): string {
  return isSuspended(pid)
    ? `It is suspended; resume it with \`kill -CONT ${pid}\`. Cloud agents continue in the meantime.`
    : 'The machine may be busy: wait, and check again with `cerevisor status`. Cloud agents continue in the meantime.';
}

export const silentRefusal = (silent: SilentDaemon): ApiError =>
  refusal('daemon_silent', `Cerevisor ${silenceOf(silent)}.`, adviceOn(silent));
