import type { RuntimeCapabilities } from '../port.ts';

/** What Cursor's SDK can do on this machine, as far as this adapter asks for it. */
export const cursorLocalCapabilities: RuntimeCapabilities = {
  runsOn: 'this-machine',
  mintsThreadId: false,
  threadIdPrefix: 'agent-',
  artifacts: false,
  repositories: false,
  models: true,
  usage: 'tokens',
  orphans: false,
  toolRequests: false,
  steering: false,
  structuredOutput: false,
  mcp: true,
};
