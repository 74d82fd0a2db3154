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

/** Of providers whose harness is driven by us: it asks, and it can be held to a schema. */
const driven = { ...common, models: false, toolRequests: true, structuredOutput: true } as const;

/** What each harness can do on this machine, as far as its adapter asks for it. */
export const localCapabilities: Readonly<Record<HarnessId, RuntimeCapabilities>> = {
  'cursor-local': {
    ...common,
    models: true,
    toolRequests: false,
    structuredOutput: false,
  },
  claude: driven,
  codex: driven,
  'openai-compatible': driven,
};
