/**
 * Three waves: two researchers side by side, an implementer, a reviewer. `extra` goes into the first researcher's
 * instructions.
 */
export function threeWaves(repository: string, extra = '') {
  const agent = (id: string, name: string, more = '') => ({
    id,
    name,
    role: 'developer',
    instructions: `Do the work of ${name}.${more}`,
  });
  return {
    version: '1.0',
    id: 'three-waves',
    name: 'Three waves',
    agents: [
      agent('r1', 'Researcher one', extra),
      agent('r2', 'Researcher two'),
      agent('impl', 'Implementer'),
      agent('rev', 'Reviewer'),
    ],
    connections: [
      { id: 'c1', source: 'r1', target: 'impl', handoffFormat: 'summary' },
      { id: 'c2', source: 'r2', target: 'impl', handoffFormat: 'full-output' },
      { id: 'c3', source: 'impl', target: 'rev', handoffFormat: 'summary' },
    ],
    settings: { runMode: 'cloud', cloud: { repos: [{ url: repository }] } },
  };
}

/** One agent with a `rehearse` script. */
export function oneAgent(repository: string, script: readonly string[], cloud: object = {}) {
  const block = ['```rehearse', ...script, '```'].join('\n');
  return {
    version: '1.0',
    id: 'one-agent',
    name: 'One agent',
    agents: [{ id: 'a', name: 'Worker', role: 'developer', instructions: `Work.\n\n${block}` }],
    connections: [],
    settings: { runMode: 'cloud', cloud: { repos: [{ url: repository }], ...cloud } },
  };
}
