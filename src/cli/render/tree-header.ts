import { hasSeveralLocations } from '../../contract/agent-location.ts';
import type { SessionView } from '../../contract/session-views.ts';
import { withSuggestion } from '../../lib/as-sentence.ts';
import { formatDuration, shortId } from '../../lib/format.ts';
import { type Line, line, quiet, strong, toned, wrap } from '../terminal/lines.ts';
import { formatRound } from './enhance.ts';
import type { LiveState } from './live.ts';
import { isSettledAgent, sessionStatusLabel, sessionTime, sessionTone, signs } from './status.ts';
import type { TreeOptions } from './tree-options.ts';

/** After this time the header says how to start the daemon again. */
const DAEMON_HINT_MS = 10_000;

/** Rows above the waves: the session and its progress, and messages that need attention. */
export function treeHeader(view: SessionView, live: LiveState, options: TreeOptions): Line[] {
  const dot = ` ${signs(options.unicode).dot} `;
  const settled = view.agents.filter((agent) => isSettledAgent(agent.status)).length;
  const time = sessionTime(view, options.now);
  const round = formatRound(view);
  const facts = [
    toned(sessionTone(view), sessionStatusLabel(view)),
    ...(time === '' ? [] : [quiet(`${dot}${time}`)]),
    ...(round === null ? [] : [quiet(`${dot}${round}`)]),
    quiet(`${dot}${formatMode(view)}`),
    ...rehearsalMark(view, dot),
    quiet(`${dot}${settled}/${view.agents.length} settled`),
  ];
  return [
    line(strong(view.workflow.name), '  ', quiet(shortId(view.id))),
    line('  ', ...facts),
    ...needsYouLines(view, options),
    ...statusDetailLines(view, options),
    ...unreachableLines(live, options),
  ];
}

/** Where the agents of the session run. */
export const formatMode = ({ mode, agents }: Pick<SessionView, 'mode' | 'agents'>): string =>
  hasSeveralLocations(agents) ? 'local and cloud' : mode;

/** A rehearsal must never be mistaken for a real run. */
export function rehearsalMark(view: Pick<SessionView, 'backend'>, dot: string) {
  return view.backend === 'rehearsal' ? [quiet(dot), toned('attention', 'Rehearsal')] : [];
}

function needsYouLines(view: SessionView, options: TreeOptions): Line[] {
  if (view.needsYou === null) return [];
  const text = withSuggestion(view.needsYou);
  return wrap(text, options.width - 4).map((part, index) =>
    line(toned('attention', `  ${index === 0 ? '!' : ' '} ${part}`)),
  );
}

/** Why the session has not ended although all agents are settled. */
function statusDetailLines({ statusDetail }: SessionView, options: TreeOptions): Line[] {
  if (statusDetail == null) return [];
  return wrap(statusDetail, options.width - 4).map((part) => line('  ', quiet(part)));
}

function unreachableLines(live: LiveState, options: TreeOptions): Line[] {
  if (live.unreachableSince === null) return [];
  const unreachableMs = options.now - live.unreachableSince;
  const text =
    unreachableMs < DAEMON_HINT_MS
      ? `The daemon does not respond; reconnecting (${formatDuration(unreachableMs)})`
      : `The daemon has not responded for ${formatDuration(unreachableMs)}. Start it with: cerevisor start`;
  return [line(toned('attention', `  ! ${text}`))];
}
