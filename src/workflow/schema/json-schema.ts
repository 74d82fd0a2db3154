import { z } from 'zod';
import { workflowSchema } from '../schema.ts';
import { WORKFLOW_SCHEMA_URL } from './schema-url.ts';

/** What editors show next to a field. A name in brackets stands for each item of a list. */
const descriptions: Readonly<Record<string, string>> = {
  version: 'Format version of this file.',
  id: 'Identifies the workflow, even after the file is renamed or moved.',
  name: 'The display name.',
  description: 'What the workflow does.',
  agents: 'The agents. Agents without a connection between them work in parallel.',
  'agents[].id': 'Identifies the agent within this file; connections refer to it.',
  'agents[].name': 'The display name.',
  'agents[].role': 'The role of the agent, such as planner, developer or reviewer.',
  'agents[].instructions': 'The task. Hand-offs and the input of the run are added to it.',
  'agents[].outputDefinition':
    'What the agent must deliver: text, or a description with named fields.',
  'agents[].inputFiles': 'Files that the agent reads. Agents that write them run first.',
  'agents[].outputFiles': 'Files that the agent writes.',
  'agents[].model': "Id of a model. By default, the account's default model is used.",
  'agents[].runMode': "Where this agent runs. By default, the workflow's run mode is used.",
  'agents[].planFirst': 'Proposes a plan and waits for approval before carrying it out.',
  'agents[].loop': 'Repeats the work of this agent until its exit condition holds.',
  'agents[].loop.exitCondition': 'When the work is done, in plain words.',
  'agents[].loop.promptTemplate': 'The prompt for each further round.',
  'agents[].loop.maxIterations': 'Rounds in total; 3 by default.',
  'agents[].position': 'Position on the canvas.',
  connections: 'The connections between agents.',
  'connections[].source': 'Id of the agent that passes on its result.',
  'connections[].target': 'Id of the agent that receives the result.',
  'connections[].flowType':
    'When the target starts: always, if a condition holds, after an approval, or again in a loop.',
  'connections[].condition': 'For "conditional": when the connection is taken, in plain words.',
  'connections[].expression':
    'Instead of words: a CEL expression over "handoff", such as handoff.approved. Of a loop: when it ends.',
  'connections[].isElse': 'For "conditional": taken when no other condition of the source holds.',
  'connections[].approvalPrompt': 'For "approval-gate": the question that is asked.',
  'connections[].loopCondition': 'For "loop": when it ends, in plain words.',
  'connections[].maxIterations': 'For "loop": rounds in total; 3 by default.',
  'connections[].handoffFormat': 'What is passed on.',
  'connections[].handoffSchema': 'JSON Schema of the hand-off, for "structured-json".',
  settings: 'How the workflow runs.',
  'settings.runMode': 'Where the agents run: on this machine or in the cloud.',
  'settings.cloud': "Settings for Cursor's cloud.",
  'settings.cloud.repos': 'Git repositories that the agents work on.',
  'settings.cloud.repos[].url': 'The address, such as https://github.com/owner/name.',
  'settings.cloud.repos[].startingRef':
    "Branch or commit to start from. The default is the repository's default branch.",
  'settings.cloud.autoCreatePR': 'Open pull requests when agents have finished.',
  'settings.cloud.pullRequests':
    'Which agents open a pull request: only those that have no agents after them, or every agent.',
  'settings.cloud.allowNoRepository': 'Confirms that the agents need no repository.',
  'settings.cloud.maxConcurrentAgents': 'Maximum number of agents at work at the same time.',
  'settings.cloud.maxAttempts':
    'Attempts for each agent; 1 means that a failed agent is not retried.',
  'settings.local': 'Settings for agents on this machine.',
  'settings.local.folder':
    'Folder to work in, absolute or relative to this file; by default the repository of this file.',
  'settings.local.isolation':
    '"worktree": each agent in its own Git worktree. "in-place": in the folder itself, one after the other.',
  'settings.local.carryUncommitted': 'Start from the uncommitted changes of the folder.',
  'settings.local.setup': 'Commands that prepare each working folder, such as "npm ci".',
  'settings.local.copy': 'Ignored files to copy into each worktree, such as ".env".',
  'settings.local.maxConcurrentAgents': 'Maximum number of agents at work at the same time.',
  'settings.local.maxAttempts':
    'Attempts for each agent; 1 means that a failed agent is not retried.',
  'settings.permissions':
    'What local agents may do. By default "allow" in a worktree, and "ask" in place.',
  'settings.loopAndEnhance':
    'Rounds over the whole workflow, which a planner improves after each failure.',
  'settings.loopAndEnhance.maxRounds': 'Rounds in total; 3 by default.',
  'settings.loopAndEnhance.budgetUsd':
    'Limit for all rounds and the planner, in US dollars; effective where money is reported.',
  'settings.loopAndEnhance.budgetTokens': 'Limit for all rounds and the planner, in tokens.',
  'settings.loopAndEnhance.strictness':
    '"strict": no failure may remain. "lenient": what was cancelled on purpose, or failed but left a result, may.',
  'settings.loopAndEnhance.pauseBetweenRounds': 'Ask for approval of each set of edits.',
  'settings.loopAndEnhance.plannerInstructions': 'What the planner is told in addition.',
  'settings.loopAndEnhance.verifiers':
    'Ids of the agents whose verdict counts; by default reviewers and testers.',
  'settings.loopAndEnhance.threads':
    '"same": agents continue their conversation in each round. "fresh": each round starts a new one.',
  'settings.mcpServers': 'MCP servers that the agents can use.',
};

type Node = {
  description?: string;
  properties?: Record<string, Node>;
  items?: Node;
  [key: string]: unknown;
};

/** The JSON Schema of a `.cerevisor` file, for editors. Generated from the schema that files are read with. */
export function workflowJsonSchema(): Node {
  // Draft 7 is the one that editors know best. The library's type has no room for what is added below.
  const schema = z.toJSONSchema(workflowSchema, { io: 'input', target: 'draft-7' }) as Node;
  for (const [path, description] of Object.entries(descriptions)) {
    nodeAt(schema, path).description = description;
  }
  const { $schema, properties, ...rest } = schema;
  return {
    $schema,
    $id: WORKFLOW_SCHEMA_URL,
    title: 'Cerevisor workflow',
    ...rest,
    properties: {
      $schema: { type: 'string', description: 'The address of this schema.' },
      ...properties,
    },
  };
}

function nodeAt(schema: Node, path: string): Node {
  let node: Node | undefined = schema;
  for (const name of path.replaceAll('[]', '.[]').split('.')) {
    node = name === '[]' ? node?.items : node?.properties?.[name];
  }
  if (node === undefined) throw new Error(`The workflow schema has no ${path}.`);
  return node;
}
