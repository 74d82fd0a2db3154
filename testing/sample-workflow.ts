import { type Workflow, type WorkflowInput, workflowSchema } from '../src/workflow/schema.ts';

type Parts = {
  /** Ids of agents, or complete agents. */
  readonly agents?: readonly (
    | string
    | (Partial<WorkflowInput['agents'][number]> & { id: string })
  )[];
  /** `a->b`, or complete connections. */
  readonly connections?: readonly (string | NonNullable<WorkflowInput['connections']>[number])[];
  readonly settings?: WorkflowInput['settings'];
};

/** A valid cloud workflow for tests, with overrides. */
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
      const entry = typeof agent === 'string' ? { id: agent } : agent;
      return { name: `Agent ${entry.id}`, instructions: 'Do the work.', ...entry };
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
