import { WORKFLOW_SCHEMA_URL } from '../workflow/schema-url.ts';
import type { RepositoryTarget } from './commands/repository.ts';

const task = 'The task is the input of this run.';

const agents = [
  {
    id: 'planner',
    name: 'Planner',
    role: 'planner',
    instructions: `${task} Read the repository and find out where the change belongs. Name the files that change, what changes in each, and how it will be tested. Change nothing yourself.`,
  },
  {
    id: 'developer',
    name: 'Developer',
    role: 'developer',
    instructions: `${task} Carry out the plan that is handed to you. Keep to the style of the repository, add or change the tests, and run them. Commit your work.`,
  },
  {
    id: 'reviewer',
    name: 'Reviewer',
    role: 'reviewer',
    instructions: `${task} Review what the developer did as if you had to keep it running. Run the tests, repair what must not ship, and list what you changed and what you leave to a person.`,
  },
];

const HANDOFF = { flowType: 'always', handoffFormat: 'summary' };

/** The document of a first workflow for a repository: plan, build, review. */
export const firstWorkflow = (name: string, repository: RepositoryTarget) => ({
  $schema: WORKFLOW_SCHEMA_URL,
  version: '1.0',
  id: `wf_${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}`,
  name,
  description:
    'A planner looks for where a change belongs, a developer makes it, and a reviewer checks it.',
  agents: agents.map((agent, index) => ({ ...agent, position: { x: index * 320, y: 0 } })),
  connections: [
    { id: 'plan', source: 'planner', target: 'developer', ...HANDOFF },
    { id: 'change', source: 'developer', target: 'reviewer', ...HANDOFF },
  ],
  settings: {
    providerId: 'cursor-agent',
    runMode: 'cloud',
    cloud: { repos: [repository], autoCreatePR: false },
  },
});
