import { z } from 'zod';
import { workflowSchema } from './schema.ts';
import { WORKFLOW_SCHEMA_URL } from './schema-url.ts';

/** What editors show next to a field. A name in brackets stands for each item of a list. */
const descriptions: Readonly<Record<string, string>> = {
  version: 'Version of the format of this file.',
  id: 'Identifies the workflow, also after it was renamed or moved.',
  name: 'The name that people see.',
  description: 'What the workflow does.',
  agents: 'Who works. Agents without a connection between them work at the same time.',
  'agents[].id': 'Identifies the agent within this file; connections name it.',
  'agents[].name': 'The name that people see.',
  'agents[].role': 'What the agent is, such as planner, developer or reviewer.',
  'agents[].instructions': 'The task. Hand-offs and the input of the run are added to it.',
  'agents[].outputDefinition':
    'What the agent must deliver: text, or a description with named fields.',
  'agents[].inputFiles': 'Files that the agent reads. Whoever writes them works first.',
  'agents[].outputFiles': 'Files that the agent writes.',
  'agents[].model': "Id of a model. Without it, the account's default is used.",
  'agents[].position': 'Place on the canvas.',
  connections: 'Who hands over to whom.',
  'connections[].source': 'Id of the agent that hands over.',
  'connections[].target': 'Id of the agent that receives.',
  'connections[].flowType': 'When the target starts. Only "always" is carried out so far.',
  'connections[].handoffFormat': 'What is handed over.',
  'connections[].handoffSchema': 'JSON Schema of the hand-off, for "structured-json".',
  settings: 'How the workflow runs.',
  'settings.runMode': 'Where the agents run. Only "cloud" works so far.',
  'settings.cloud': "Settings for Cursor's cloud.",
  'settings.cloud.repos': 'Git repositories that the agents work in.',
  'settings.cloud.repos[].url': 'Address, such as https://github.com/owner/name.',
  'settings.cloud.repos[].startingRef':
    "Branch or commit to start from. Without it, the repository's default branch.",
  'settings.cloud.autoCreatePR': 'Open pull requests when agents have finished.',
  'settings.cloud.pullRequests': 'Which agents open one: those that nobody follows, or each.',
  'settings.cloud.allowNoRepository': 'Confirms that the agents need no repository.',
  'settings.cloud.maxConcurrentAgents': 'At most so many agents at the same time.',
  'settings.cloud.maxAttempts':
    'Attempts for each agent; 1 means that a failed agent is not retried.',
  'settings.mcpServers': 'MCP servers that the agents may use.',
};

type Node = {
  description?: string;
  properties?: Record<string, Node>;
  items?: Node;
  [key: string]: unknown;
};

/** The JSON Schema of a `.cerevisor` file, for editors. Made from the very schema that files are read with. */
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
    properties: { $schema: { type: 'string', description: 'This schema.' }, ...properties },
  };
}

function nodeAt(schema: Node, path: string): Node {
  let node: Node | undefined = schema;
  for (const name of path.replaceAll('[]', '.[]').split('.')) {
    node = name === '[]' ? node?.items : node?.properties?.[name];
  }
  if (node === undefined) throw new Error(`The schema of workflows has no ${path}.`);
  return node;
}
