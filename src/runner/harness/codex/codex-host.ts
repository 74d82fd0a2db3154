import { runSharedHost } from '../run-shared-host.ts';
import { CodexHarness } from './codex-harness.ts';

/** The host program for Codex. */
runSharedHost('Codex', (onExit) => new CodexHarness(onExit));
