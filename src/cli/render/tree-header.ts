import { hasSeveralLocations } from '../../contract/agent-location.ts';
import type { SessionView } from '../../contract/session-views.ts';
import { withSuggestion } from '../../lib/as-sentence.ts';
import { formatDuration, shortId } from '../../lib/format.ts';
import { type Line, line, quiet, strong, toned, wrap } from '../terminal/lines.ts';
import { roundWords } from './enhance.ts';
import type { Live } from './live.ts';
import type { TreeOptions } from './tree-options.ts';
import { isSettledAgent, sessionTime, sessionTone, sessionWord, signs } from './words.ts';

/** After this long the person is told how to bring the daemon back. */
const AWAY_HINT_MS = 10_000;

/** Rows above the waves: what runs and how far it is, then whatever a person has to know first. */
export function treeHeader(view: SessionView, live: Live, options: TreeOptions): Line[] {
  const dot = ` ${signs(options.unicode).dot} `;
  const settled = view.agents.filter((agent) => isSettledAgent(agent.status)).length;
  const time = sessionTime(view, options.now);
  const round = roundWords(view);
  const facts = [
    toned(sessionTone(view), sessionWord(view)),
    ...(time === '' ? [] : [quiet(`${dot}${time}`)]),
    ...(round === null ? [] : [quiet(`${dot}${round}`)]),
    quiet(`${dot}${modeWords(view)}`),
    ...rehearsalMark(view, dot),
    quiet(`${dot}${settled}/${view.agents.length} settled`),
  ];
  return [
    line(strong(view.workflow.name), '  ', quiet(shortId(view.id))),
    line('  ', ...facts),
    ...needsYouLines(view, options),
    ...waitLines(view, options),
    ...awayLines(live, options),
  ];
}

/** Where the session runs. */
export const modeWords = ({ mode, agents }: Pick<SessionView, 'mode' | 'agents'>): string =>
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

/** All agents have settled, and the session has not ended. */
function waitLines({ statusDetail }: SessionView, options: TreeOptions): Line[] {
  if (statusDetail == null) return [];
  return wrap(statusDetail, options.width - 4).map((part) => line('  ', quiet(part)));
}

function awayLines(live: Live, options: TreeOptions): Line[] {
  if (live.awaySince === null) return [];
  const awayMs = options.now - live.awaySince;
  const text =
    awayMs < AWAY_HINT_MS
      ? `The daemon does not respond; reconnecting (${formatDuration(awayMs)})`
      : `The daemon has not responded for ${formatDuration(awayMs)}. Start it with: cerevisor start`;
  return [line(toned('attention', `  ! ${text}`))];
}
