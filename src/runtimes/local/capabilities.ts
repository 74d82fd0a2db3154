import type { RuntimeCapabilities } from '../port.ts';
import type { HarnessId } from './start-requests.ts';

const common = {
  runsOn: 'this-machine',
  mintsThreadId: false,
  threadIdPrefix: 'agent-',
  artifacts: false,
  repositories: false,
  usage: 'tokens',
  orphans: false,
  steering: false,
  mcp: true,
} as const;

/** Harnesses that ask before tool calls and support structured output. */
const approvalCapable = {
  ...common,
  models: false,
  toolRequests: true,
  structuredOutput: true,
} as const;

/** What each harness supports on this machine, as far as its adapter uses it. */
export const localCapabilities: Readonly<Record<HarnessId, RuntimeCapabilities>> = {
  'cursor-local': {
    ...common,
    models: true,
    toolRequests: false,
    structuredOutput: false,
  },
  claude: approvalCapable,
  codex: approvalCapable,
  'openai-compatible': approvalCapable,
};
