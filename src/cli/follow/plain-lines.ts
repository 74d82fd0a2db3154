import type { AgentView } from '../../contract/agent-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { ageOf } from '../../lib/format.ts';
import type { Output } from '../output.ts';
import type { KnownSession } from '../render/event-names.ts';
import { Transcript } from '../render/transcript.ts';
import { agentTone } from '../render/words.ts';
import { clockTime } from '../terminal/clock-time.ts';
import { type Line, line, quiet, toned } from '../terminal/lines.ts';
import type { Watcher } from './watch.ts';

const nothingKnown: KnownSession = {
  agents: [],
  connections: [],
  rounds: [],
  workflowRound: null,
  backend: 'cursor',
};

function standing(agent: AgentView, now: number): Line {
  const source = quiet(`  (${agent.statusSource}, ${ageOf(agent.statusAt, now)})`);
  const time = quiet(clockTime(new Date(now).toISOString()));
  return line(time, `  ${agent.name}  `, toned(agentTone(agent.status), agent.status), source);
}

/**
 * Prints one line with a time for every transition, for CI logs, pipes and simple terminals. It starts with the current
 * state of every agent.
 */
export function plainLines(output: Output, now: () => number, isInTheMiddle: boolean): Watcher {
  let known: SessionDetail | null = null;
  const transcript = new Transcript({
    unicode: output.appearance.unicode,
    session: () => known ?? nothingKnown,
    transitionsOnly: true,
  });
  return {
    onView: (view) => {
      const isFirst = known === null;
      known = view;
      if (isFirst && isInTheMiddle)
        output.say(...view.agents.map((agent) => standing(agent, now())));
    },
    onEvent: (event) => output.say(...transcript.push(event)),
    onAway: (since) => {
      const time = quiet(clockTime(new Date(since ?? now()).toISOString()));
      const text =
        since === null
          ? 'connected to the daemon again'
          : output.advice(
              'the daemon does not respond; reconnecting (to start it: cerevisor start)',
            );
      output.say(line(time, '  ', toned('attention', text)));
    },
  };
}
