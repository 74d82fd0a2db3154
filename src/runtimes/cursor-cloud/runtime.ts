import { type Sleep, sleep as systemSleep } from '../../lib/sleep.ts';
import type { Runtime } from '../port.ts';
import type { Result } from '../provider-error.ts';
import type { TurnRecord } from '../turn-records.ts';
import { createAccount } from './account.ts';
import { cursorCloudCapabilities } from './capabilities.ts';
import { followUp } from './follow-up.ts';
import { launch } from './launch.ts';
import { createModels } from './models.ts';
import { createPauses, pausingHost } from './pauses.ts';
import {
  artifactLink,
  createReads,
  listArtifacts,
  listOwnThreads,
  readUsage,
  toResult,
} from './reads.ts';
import { createRepositories } from './repositories.ts';
import { createRest, MISSING_KEY } from './rest.ts';
import { failureFromHost } from './sdk-failures.ts';
import { createSdkHost, type SdkHostOptions } from './sdk-host/client.ts';
import { RunFollower } from './stream/follow.ts';
import { createLimiter } from './stream/limiter.ts';
import { DEFAULT_FOLLOW_LIMITS, type FollowLimits } from './stream/limits.ts';
import type { Clock } from './time.ts';
import { createTransport, type Deadlines } from './transport.ts';

export const CURSOR_URL = 'https://api.cursor.com';

export type CursorCloudOptions = {
  /** Called for every request, so that a changed key is used at once. */
  readonly apiKey: () => string | null;
  /** Default: Cursor's API. With or without a trailing slash. */
  readonly backendUrl?: string;
  readonly isRehearsal: boolean;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly sleep?: Sleep;
  readonly log?: (line: string) => void;
  readonly followLimits?: Partial<FollowLimits>;
  readonly deadlines?: Deadlines;
  readonly host?: Pick<SdkHostOptions, 'breaker' | 'deadlinesMs'>;
};

export type CursorCloudRuntime = Runtime & {
  warm(): Promise<void>;
  /** Process id of the SDK host while one is running, for diagnostics. */
  hostPid(): number | undefined;
};

/** The runtime for Cursor's cloud. Launches use the SDK; reads and streams use the API directly. */
export function createCursorCloudRuntime(options: CursorCloudOptions): CursorCloudRuntime {
  const backendUrl = (options.backendUrl ?? CURSOR_URL).replace(/\/+$/, '');
  const apiKey = () => normalizedKey(options.apiKey());
  const clock = options.clock ?? Date.now;
  const sleep = options.sleep ?? systemSleep;
  const transport = createTransport(options.deadlines);
  const pauses = createPauses(clock);
  const rest = createRest({ backendUrl, apiKey, transport, clock, pauses });
  const reads = createReads(rest);
  const host = pausingHost(
    createSdkHost({
      ...(backendUrl === CURSOR_URL ? {} : { backendUrl }),
      clock,
      ...(options.log === undefined ? {} : { log: options.log }),
      ...options.host,
    }),
    pauses,
    clock,
  );
  const models = createModels(host, apiKey, clock);
  const account = createAccount(host, apiKey, clock);
  const calls = { host, reads, apiKey, clock };
  const followers = new Set<RunFollower>();
  const closing = new AbortController();
  const followDependencies = {
    backendUrl,
    apiKey,
    transport,
    reads,
    limiter: createLimiter(clock, sleep, pauses.of('stream')),
    clock,
    random: options.random ?? Math.random,
    sleep,
    limits: { ...DEFAULT_FOLLOW_LIMITS, ...options.followLimits },
  };

  const availableModels = async () => {
    const result = await models();
    return result.ok ? result.value : [];
  };

  const warm = async () => {
    const key = apiKey();
    // The SDK exchanges the key for a token before its first request; this call does that in advance.
    if (key !== null) await host.call<'me'>(key, { name: 'me' });
  };

  return {
    id: 'cursor-cloud',
    capabilities: cursorCloudCapabilities,
    backend: { kind: options.isRehearsal ? 'rehearsal' : 'cursor', url: backendUrl },
    launch: (request) => launch({ ...calls, models: availableModels }, request),
    followUp: (request) => followUp(calls, request),
    readThread: async (threadId) => toResult(await reads.readThread(threadId)),
    readTurn: async (threadId, turnId) => toResult(await reads.readTurn(threadId, turnId)),

    async reconnect(threadId, turnId): Promise<Result<TurnRecord>> {
      // The SDK reports EXPIRED as "error", so the state comes from the record, which is read even if the host fails.
      const key = apiKey();
      if (key === null) return { ok: false, error: MISSING_KEY.error };
      await host.call<'reconnect'>(key, { name: 'reconnect', agentId: threadId, runId: turnId });
      return toResult(await reads.readTurn(threadId, turnId));
    },

    async follow(request, observer) {
      const signal = AbortSignal.any([request.signal, closing.signal]);
      const follower = new RunFollower(followDependencies, { ...request, signal }, observer);
      followers.add(follower);
      try {
        return await follower.run();
      } finally {
        followers.delete(follower);
      }
    },

    async cancel(threadId, turnId) {
      const key = apiKey();
      if (key === null) return { ok: false, error: MISSING_KEY.error };
      const result = await host.call<'cancel'>(key, {
        name: 'cancel',
        agentId: threadId,
        runId: turnId,
      });
      if (result.ok) return { ok: true, value: undefined };
      return { ok: false, error: failureFromHost(result.failure, clock()).error };
    },

    listArtifacts: (threadId) => listArtifacts(rest, threadId),
    artifactLink: (threadId, path) => artifactLink(rest, threadId, path),
    usage: (threadId, turnId) => readUsage(rest, threadId, turnId),
    listOwnThreads: (limit) => listOwnThreads(rest, limit),
    account,
    models,
    repositories: createRepositories(host, apiKey, clock),

    warm,
    hostPid: host.pid,
    wake() {
      transport.renew();
      if (host.pid() !== undefined) {
        host.renew();
        void warm();
      }
      for (const follower of followers) follower.wake();
    },
    endPauses() {
      pauses.end();
      followDependencies.limiter.endPause();
      for (const follower of followers) follower.endBackoff();
    },
    async close() {
      closing.abort();
      await Promise.all([host.close(), transport.close()]);
    },
  };
}

/** The key without surrounding white space, e.g. from the clipboard; null if it cannot be sent in a header. */
function normalizedKey(raw: string | null): string | null {
  const key = raw?.trim() ?? '';
  return /^[\x21-\x7e]+$/.test(key) ? key : null;
}
