import type { AgentView } from '../../contract/agent-views.ts';
import type { Backend } from '../../contract/cloud-name.ts';
import { ageOf } from '../../lib/format.ts';
import type { Output } from '../output.ts';
import { Transcript } from '../render/transcript.ts';
import { agentTone } from '../render/words.ts';
import { clockTime } from '../terminal/clock-time.ts';
import { type Line, line, quiet, toned } from '../terminal/lines.ts';
import type { Watcher } from './watch.ts';

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
  const names = new Map<string, string>();
  let backend: Backend = 'cursor';
  const transcript = new Transcript({
    unicode: output.appearance.unicode,
    names,
    backend: () => backend,
    transitionsOnly: true,
  });
  return {
    onView: (view) => {
      backend = view.backend;
      const isFirst = names.size === 0;
      for (const agent of view.agents) names.set(agent.id, agent.name);
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
