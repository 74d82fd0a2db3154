import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A third-party harness program, as the daemon passes it to a runner. */
export type CachedProgram = {
  readonly path: string;
  readonly version: string;
  readonly library: string;
};

/** Claude Code in the folder `CEREVISOR_HARNESS_CACHE`; null if it is missing, so that its tests are skipped. */
export function cachedClaude(): CachedProgram | null {
  const cache = process.env.CEREVISOR_HARNESS_CACHE ?? '';
  const modules = join(cache, 'claude', 'node_modules', '@anthropic-ai');
  const library = join(modules, 'claude-agent-sdk');
  const path = join(modules, `claude-agent-sdk-${process.platform}-${process.arch}`, 'claude');
  if (cache === '' || !existsSync(path) || !existsSync(join(library, 'sdk.mjs'))) return null;
  // Written by npm.
  const { claudeCodeVersion } = JSON.parse(readFileSync(join(library, 'package.json'), 'utf8')) as {
    claudeCodeVersion?: string;
  };
  return { path, version: claudeCodeVersion ?? '', library };
}
