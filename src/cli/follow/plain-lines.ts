import type { Output } from '../output.ts';
import { Transcript } from '../render/transcript.ts';
import { clockTime } from '../terminal/durations.ts';
import { line, quiet, toned } from '../terminal/lines.ts';
import type { Watcher } from './watch.ts';

/** One line for every transition, with its time: for logs of CI jobs, pipes and dumb terminals. */
export function plainLines(output: Output, now: () => number): Watcher {
  const names = new Map<string, string>();
  const transcript = new Transcript({
    unicode: output.appearance.unicode,
    names,
    transitionsOnly: true,
  });
  return {
    onView: (view) => {
      for (const agent of view.agents) names.set(agent.id, agent.name);
    },
    onEvent: (event) => output.say(...transcript.push(event)),
    onAway: (since) => {
      const time = quiet(clockTime(new Date(since ?? now()).toISOString()));
      const text =
        since === null
          ? 'the daemon is back'
          : 'the daemon is away, reconnecting (start it with: cerevisor start)';
      output.say(line(time, '  ', toned('attention', text)));
    },
  };
}
