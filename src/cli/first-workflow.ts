import { WORKFLOW_SCHEMA_URL } from '../workflow/schema/schema-url.ts';
import type { RepositoryTarget } from './commands/repository.ts';

const task = 'The task is the input of this run.';

const agents = [
  {
    id: 'planner',
    name: 'Planner',
    role: 'planner',
    instructions: `${task} Read the repository and find out where the change belongs. Name the files that change, what changes in each of them, and how to test it. Do not change anything yourself.`,
  },
  {
    id: 'developer',
    name: 'Developer',
    role: 'developer',
    instructions: `${task} Implement the plan that you receive. Follow the style of the repository, add or change the tests, and run them. Commit your work.`,
  },
  {
    id: 'reviewer',
    name: 'Reviewer',
    role: 'reviewer',
    instructions: `${task} Review the developer's work as if you had to maintain it. Run the tests, fix what must not ship, and list what you changed and what a person must decide.`,
  },
];

const HANDOFF = { flowType: 'always', handoffFormat: 'summary' };

/** The document of a first workflow: plan, build, review. Without a repository it runs only locally. */
export const firstWorkflow = (name: string, repository: RepositoryTarget | null) => ({
  $schema: WORKFLOW_SCHEMA_URL,
  version: '1.0',
  id: `wf_${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}`,
  name,
  description:
    'A planner finds out where a change belongs, a developer makes it, and a reviewer checks it.',
  agents: agents.map((agent, index) => ({ ...agent, position: { x: index * 320, y: 0 } })),
  connections: [
    { id: 'plan', source: 'planner', target: 'developer', ...HANDOFF },
    { id: 'change', source: 'developer', target: 'reviewer', ...HANDOFF },
  ],
  settings: {
    providerId: 'cursor-agent',
    runMode: 'local',
    cloud: { repos: repository === null ? [] : [repository], autoCreatePR: false },
  },
});
