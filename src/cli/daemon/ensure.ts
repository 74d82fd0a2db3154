import { setTimeout as wait } from 'node:timers/promises';
import { launchDaemon } from './launch.ts';
import { Patience } from './patience.ts';
import { daemonPresence, type Presence, silenceOf, silentRefusal } from './presence.ts';
import { keepUpToDate, type UpdateContext } from './update.ts';

const POLL_MS = 200;
/** A moment of silence is not worth a word. */
const QUIET_MS = 2_000;

type Say = (text: string) => void;
type Decided = Exclude<Presence, { readonly kind: 'silent' }>;

/**
 * Waits until the daemon of this home answers or has ended.
 * @throws ApiError `daemon_silent` when it runs, and neither answers nor gets on.
 */
async function decidedPresence(home: string, say: Say): Promise<Decided> {
  const patience = new Patience();
  const since = performance.now();
  const said = new Set<string>();
  for (;;) {
    const presence = await daemonPresence(home);
    if (presence.kind !== 'silent') return presence;
    if (!patience.lasts(presence)) throw silentRefusal(presence);
    const sentence = `Cerevisor ${silenceOf(presence)}. Waiting for it...`;
    if (performance.now() - since > QUIET_MS && !said.has(sentence)) {
      said.add(sentence);
      say(sentence);
    }
    await wait(POLL_MS);
  }
}

/**
 * Makes sure that a daemon responds: starts one if none is running, and replaces an outdated one. Returns whether one
 * was running.
 */
export async function ensureDaemon(
  context: UpdateContext,
  port: number | null,
  onLaunch: () => void = () => undefined,
): Promise<{ wasRunning: boolean }> {
  const presence = await decidedPresence(context.home, (text) => context.output.remark(text));
  if (presence.kind === 'answering') {
    await keepUpToDate(context, presence.address);
    return { wasRunning: true };
  }
  onLaunch();
  await launchDaemon(context.home, port);
  return { wasRunning: false };
}
