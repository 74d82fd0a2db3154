import { withRounds } from './enhance.ts';
import { withControlFlow } from './flow.ts';
import type { Random } from './random.ts';

/** A small workflow without circles. Its name tells it apart from all others of a history. */
export function randomWorkflow(random: Random, name: string) {
  const size = random.between(1, 6);
  const ids = Array.from({ length: size }, (_, index) => `a${index}`);
  const pairs = ids.flatMap((source, from) =>
    ids.slice(from + 1).flatMap((target) => (random.chance(0.4) ? [{ source, target }] : [])),
  );
  const connections = pairs.map((pair, index) => ({
    ...pair,
    id: `c${index}`,
    ...random.pick([
      { handoffFormat: 'summary' },
      { handoffFormat: 'full-output' },
      { handoffFormat: 'file-reference' },
      { handoffFormat: 'structured-json', handoffSchema: SCHEMA },
      { handoffFormat: 'structured-json', handoffSchema: SCHEMA },
    ]),
  }));
  const agents = ids.map((id) => ({
    id,
    name: `Agent ${id}`,
    instructions: `Do the work of ${id}.`,
  }));
  const flow = random.fork('flow');
  const ways = flow.chance(0.5)
    ? withControlFlow(flow, agents, connections)
    : { agents, connections };
  const rounds = random.fork('rounds');
  const repeated = rounds.chance(0.4) ? withRounds(rounds, ways.agents) : null;
  return {
    version: '1.0',
    id: name,
    name,
    ...ways,
    ...(repeated === null ? {} : { agents: repeated.agents }),
    settings: {
      runMode: 'cloud',
      cloud: {
        repos: [{ url: 'https://github.com/acme/shop' }],
        maxAttempts: random.between(1, 4),
        maxConcurrentAgents: random.between(1, 4),
      },
      ...(repeated === null ? {} : { loopAndEnhance: repeated.loopAndEnhance }),
    },
  };
}

const SCHEMA = { type: 'object', required: ['ok'], properties: { ok: { type: 'boolean' } } };
