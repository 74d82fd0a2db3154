import { sleep as machineSleep, type Sleep } from '../../lib/sleep.ts';
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
  toAnswer,
} from './reads.ts';
import { createRepositories } from './repositories.ts';
import { createRest, MISSING_KEY } from './rest.ts';
import { failureFromHost } from './sdk-failures.ts';
import { createSdkHost, type SdkHostOptions } from './sdk-host/client.ts';
import { RunReading } from './stream/follow.ts';
import { createLimiter } from './stream/limiter.ts';
import { DEFAULT_FOLLOW_LIMITS, type FollowLimits } from './stream/limits.ts';
import type { Clock } from './time.ts';
import { createTransport, type Deadlines } from './transport.ts';

export const CURSOR_URL = 'https://api.cursor.com';

export type CursorCloudOptions = {
  /** Read again for every call, so that a changed key is used at once. */
  readonly apiKey: () => string | null;
  /** Default: Cursor itself. Without a trailing slash or with one. */
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
  /** Process id of the SDK host while one runs, for diagnosis. */
  hostPid(): number | undefined;
};

/** Cursor's cloud as the engine sees it: launches through the SDK, reads and streams of our own. */
export function createCursorCloudRuntime(options: CursorCloudOptions): CursorCloudRuntime {
  const backendUrl = (options.backendUrl ?? CURSOR_URL).replace(/\/+$/, '');
  const apiKey = () => usableKey(options.apiKey());
  const clock = options.clock ?? Date.now;
  const sleep = options.sleep ?? machineSleep;
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
  const readings = new Set<RunReading>();
  const closing = new AbortController();
  const followWith = {
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

  const knownModels = async () => {
    const answer = await models();
    return answer.ok ? answer.value : [];
  };

  const warm = async () => {
    const key = apiKey();
    // The SDK trades the key for a token before its first request; this call gets that over with.
    if (key !== null) await host.call<'me'>(key, { name: 'me' });
  };

  return {
    id: 'cursor-cloud',
    capabilities: cursorCloudCapabilities,
    backend: { kind: options.isRehearsal ? 'rehearsal' : 'cursor', url: backendUrl },
    launch: (request) => launch({ ...calls, models: knownModels }, request),
    followUp: (request) => followUp(calls, request),
    readThread: async (threadId) => toAnswer(await reads.readThread(threadId)),
    readTurn: async (threadId, turnId) => toAnswer(await reads.readTurn(threadId, turnId)),

    async reconnect(threadId, turnId): Promise<Result<TurnRecord>> {
      // The SDK folds EXPIRED into "error", so the state itself comes from the record. A host that fails does
      // not hide a record that can be read.
      const key = apiKey();
      if (key === null) return { ok: false, error: MISSING_KEY.error };
      await host.call<'reconnect'>(key, { name: 'reconnect', agentId: threadId, runId: turnId });
      return toAnswer(await reads.readTurn(threadId, turnId));
    },

    async follow(request, observer) {
      const signal = AbortSignal.any([request.signal, closing.signal]);
      const reading = new RunReading(followWith, { ...request, signal }, observer);
      readings.add(reading);
      try {
        return await reading.run();
      } finally {
        readings.delete(reading);
      }
    },

    async cancel(threadId, turnId) {
      const key = apiKey();
      if (key === null) return { ok: false, error: MISSING_KEY.error };
      const answer = await host.call<'cancel'>(key, {
        name: 'cancel',
        agentId: threadId,
        runId: turnId,
      });
      if (answer.ok) return { ok: true, value: undefined };
      return { ok: false, error: failureFromHost(answer.failure, clock()).error };
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
      for (const reading of readings) reading.wake();
    },
    endPauses() {
      pauses.end();
      followWith.limiter.endPause();
      for (const reading of readings) reading.endBackoff();
    },
    async close() {
      closing.abort();
      await Promise.all([host.close(), transport.close()]);
    },
  };
}

/** A key as it can stand in a header; a stray newline from a file or the clipboard is no reason to fail. */
function usableKey(raw: string | null): string | null {
  const key = raw?.trim() ?? '';
  return /^[\x21-\x7e]+$/.test(key) ? key : null;
}
