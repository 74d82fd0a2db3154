import type { RuntimeCapabilities } from '../port.ts';

/** What Cursor's cloud supports, as far as this adapter uses it. */
export const cursorCloudCapabilities: RuntimeCapabilities = {
  runsOn: 'cloud',
  mintsThreadId: false,
  threadIdPrefix: 'bc-',
  artifacts: true,
  repositories: true,
  models: true,
  usage: 'tokens',
  orphans: true,
  toolRequests: false,
  steering: false,
  structuredOutput: false,
  mcp: true,
};
