import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentOptions, SDKAgent } from '@cursor/sdk';
import type { OpenThread } from '../adapter.ts';
import { enterFolder } from '../enter-folder.ts';
import type { HostThread } from '../harness.ts';
import { HarnessError } from '../harness-error.ts';
import { agentOptions, modelOption } from './agent-options.ts';
import { CursorThread } from './cursor-thread.ts';
import { failureFor, sdkFailureOf } from './failures.ts';
import { type LoadedSdk, loadSdk } from './load-sdk.ts';
import { retryTransient } from './retry.ts';
import { sandboxSupport } from './sandbox.ts';
import { openStore } from './store.ts';

/** Resumes or starts a thread of Cursor's SDK, under the id that the daemon created. */
export const openCursorThread: OpenThread = async (thread) => {
  enterFolder(thread.cwd);
  await mkdir(thread.storeFolder, { recursive: true, mode: 0o700 });
  const sdk = await loadSdk(thread.backendUrl, join(thread.storeFolder, 'sandbox-policies'));
  if (thread.sandbox) await requireSandbox();
  try {
    const store = await openStore(sdk, thread);
    const model = await retryTransient(() => modelOf(sdk, thread));
    const options = agentOptions(thread, model.option, store);
    const { agent, isWithoutHistory } = await retryTransient(() => openAgent(sdk, thread, options));
    return new CursorThread({
      agent,
      cwd: thread.cwd,
      model: model.option,
      notices: [
        ...(model.notice === null ? [] : [model.notice]),
        ...(isWithoutHistory ? [NO_HISTORY] : []),
        ...(thread.sandbox ? [IN_SANDBOX] : []),
      ],
    });
  } catch (error) {
    throw error instanceof HarnessError ? error : new HarnessError(sdkFailureOf(error).failure);
  }
};

const NO_HISTORY =
  "Cursor's SDK has no record of this conversation, so the agent does not remember it.";

/** Cursor's rules for the sandbox; a local run cannot ask for permission. */
const IN_SANDBOX =
  "This agent's tools run in Cursor's sandbox: they can write only in the working folder and in temporary folders, have no network access, and cannot call MCP servers.";

async function requireSandbox(): Promise<void> {
  const support = await sandboxSupport();
  if (support.isSupported) return;
  const message = `The agent's tools cannot run in a sandbox on this machine: ${support.reason}`;
  throw new HarnessError(failureFor('sandbox_unavailable', message));
}

/**
 * The SDK requires a model for a local agent. If the workflow names none, Cursor's default is used, or the first one
 * offered.
 */
async function modelOf(sdk: LoadedSdk, { model, modelParameters, apiKey }: HostThread) {
  if (model !== undefined) return { option: modelOption(model, modelParameters), notice: null };
  const offered = await sdk.Cursor.models.list({ apiKey });
  const isDefault = ({ id, aliases = [] }: (typeof offered)[number]) =>
    [id, ...aliases].some((name) => name === 'auto' || name === 'default');
  const chosen = offered.find(isDefault) ?? offered[0];
  if (chosen === undefined) {
    throw new HarnessError(failureFor('invalid_model', 'No model is available to this account.'));
  }
  const notice = `The workflow names no model, so this agent uses ${chosen.displayName}.`;
  return { option: modelOption(chosen.id, modelParameters), notice };
}

/**
 * The store decides, not the runner's records: a crash may have come before the creation, or before that was recorded.
 */
async function openAgent(
  sdk: LoadedSdk,
  { threadId, isNew }: HostThread,
  options: AgentOptions,
): Promise<{ readonly agent: SDKAgent; readonly isWithoutHistory: boolean }> {
  try {
    return { agent: await sdk.Agent.resume(threadId, options), isWithoutHistory: false };
  } catch (error) {
    if (!(error instanceof sdk.AgentNotFoundError)) throw error;
    return { agent: await sdk.Agent.create(options), isWithoutHistory: !isNew };
  }
}
