import type { AgentView } from '../../contract/agent-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { ageOf } from '../../lib/format.ts';
import type { Output } from '../output.ts';
import type { SessionNames } from '../render/event-names.ts';
import { agentTone } from '../render/status.ts';
import { Transcript } from '../render/transcript.ts';
import { clockTime } from '../terminal/clock-time.ts';
import { type Line, line, quiet, toned } from '../terminal/lines.ts';
import type { Watcher } from './watch.ts';

const emptySession: SessionNames = {
  agents: [],
  connections: [],
  rounds: [],
  workflowRound: null,
  backend: 'cursor',
};

function statusLine(agent: AgentView, now: number): Line {
  const source = quiet(`  (${agent.statusSource}, ${ageOf(agent.statusAt, now)})`);
  const time = quiet(clockTime(new Date(now).toISOString()));
  return line(time, `  ${agent.name}  `, toned(agentTone(agent.status), agent.status), source);
}

/**
 * Prints one line with a time for every transition, for CI logs, pipes and simple terminals. It starts with the current
 * state of every agent.
 */
export function plainLines(output: Output, now: () => number, isResumed: boolean): Watcher {
  let session: SessionDetail | null = null;
  const transcript = new Transcript({
    unicode: output.appearance.unicode,
    session: () => session ?? emptySession,
    transitionsOnly: true,
  });
  return {
    onView: (view) => {
      const isFirst = session === null;
      session = view;
      if (isFirst && isResumed)
        output.print(...view.agents.map((agent) => statusLine(agent, now())));
    },
    onEvent: (event) => output.print(...transcript.push(event)),
    onUnreachable: (since) => {
      const time = quiet(clockTime(new Date(since ?? now()).toISOString()));
      const text =
        since === null
          ? 'connected to the daemon again'
          : output.advice(
              'the daemon does not respond; reconnecting (to start it: cerevisor start)',
            );
      output.print(line(time, '  ', toned('attention', text)));
    },
  };
}
