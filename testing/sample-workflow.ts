import { type Workflow, type WorkflowInput, workflowSchema } from '../src/workflow/schema.ts';

type Parts = {
  /** Ids of agents, or whole agents. */
  readonly agents?: readonly (
    | string
    | (Partial<WorkflowInput['agents'][number]> & { id: string })
  )[];
  /** `a->b`, or whole connections. */
  readonly connections?: readonly (string | NonNullable<WorkflowInput['connections']>[number])[];
  readonly settings?: WorkflowInput['settings'];
};

/** A sound cloud workflow for tests; name only what the test is about. */
export function sampleWorkflow({
  agents = ['a'],
  connections = [],
  settings,
}: Parts = {}): Workflow {
  return workflowSchema.parse({
    version: '1.0',
    id: 'sample',
    name: 'Sample',
    agents: agents.map((agent) => {
      const given = typeof agent === 'string' ? { id: agent } : agent;
      return { name: `Agent ${given.id}`, instructions: 'Do the work.', ...given };
    }),
    connections: connections.map((connection) => {
      if (typeof connection !== 'string') return connection;
      const [source = '', target = ''] = connection.split('->');
      return { source, target };
    }),
    settings: {
      runMode: 'cloud',
      cloud: { repos: [{ url: 'https://github.com/acme/shop' }] },
      ...settings,
    },
  });
}
