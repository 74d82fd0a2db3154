import { cursorCloudCapabilities } from '../../src/runtimes/cursor-cloud/capabilities.ts';
import type { Runtime } from '../../src/runtimes/port.ts';
import type { ProviderError, Result } from '../../src/runtimes/provider-error.ts';
import type {
  FollowUpRequest,
  LaunchOutcome,
  LaunchRequest,
} from '../../src/runtimes/turn-requests.ts';
import { UNREACHABLE } from './fault-profile.ts';
import type { Network } from './network.ts';
import { Reading } from './reading.ts';
import type { TrueAgent } from './truth.ts';

const refused = (
  code: ProviderError['code'],
  message: string,
): { ok: false; error: ProviderError } => ({
  ok: false,
  error: { code, message },
});
const missing = refused('not_found', 'Cursor does not know it.');

/** A launch that arrives late meets its own id; nothing but waiting tells whether a follow-up is still to come. */
const LATEST_MS = 20 * 60_000;
const LATEST_FOLLOW_UP_MS = 40_000;

/** The provider port over the simulated Cursor: what the real provider promises, with a network in between. */
export function simulatedRuntime(network: Network): Runtime {
  const { scheduler, process, cursor, faultProfile } = network;
  const readings = new Set<Reading>();

  /** Sends a request. Its effect takes place in the world, wherever the daemon is by then. */
  const request = <Value>(
    effect: () => Result<Value>,
    isLaunch = false,
    latestMs = LATEST_MS,
  ): Promise<Result<Value>> =>
    new Promise((resolve) => {
      if (!process.isAlive) return;
      const delivery = faultProfile.delivery(isLaunch, latestMs);
      const [there, back] = [faultProfile.latencyMs(), faultProfile.latencyMs()];
      const arrive = (run: () => void, afterMs = there) => scheduler.after(afterMs, 'world', run);
      const reply = (answer: Result<Value>, afterMs = back) =>
        process.after(afterMs, () => resolve(answer));
      switch (delivery.kind) {
        case 'answered':
          arrive(() => reply(effect()));
          if (delivery.isRepeated) arrive(effect, there + 2_000);
          return;
        case 'refused':
          reply({ ok: false, error: delivery.error });
          return;
        case 'lost':
          arrive(effect, delivery.afterMs);
          reply({ ok: false, error: UNREACHABLE });
          return;
        case 'hanging':
          if (delivery.isCarriedOut) arrive(effect);
          return;
        default:
          delivery satisfies never;
      }
    });

  const withAgent = <Value>(
    agentId: string,
    read: (agent: TrueAgent) => Result<Value>,
  ): Promise<Result<Value>> =>
    request(() => {
      const agent = cursor.find(agentId);
      return agent === undefined ? missing : read(agent);
    });

  const readThread: Runtime['readThread'] = (threadId) =>
    withAgent(threadId, (agent) => ({ ok: true, value: cursor.agentRecord(agent) }));
  const readTurn: Runtime['readTurn'] = (threadId, turnId) =>
    withAgent(threadId, (agent) => {
      const run = agent.runs.find(({ id }) => id === turnId);
      return run === undefined ? missing : { ok: true, value: cursor.record(agent, run) };
    });

  const launch = async (wanted: LaunchRequest): Promise<LaunchOutcome> => {
    network.onOrder('launch', wanted.threadId);
    const created = await request(() => ({ ok: true, value: cursor.create(wanted) }), true);
    if (!created.ok) return outcomeOf(created.error);
    if (created.value !== 'conflict') return launched(created.value, 0, false);
    const agent = await readThread(wanted.threadId);
    const turn = agent.ok ? agent.value.latestTurn : undefined;
    if (!agent.ok) return { kind: 'unknown', error: agent.error };
    if (turn === undefined) return { kind: 'unknown', error: UNREACHABLE };
    return { kind: 'launched', turn, adopted: true };
  };

  const launched = (agent: TrueAgent, index: number, adopted: boolean): LaunchOutcome => {
    const run = agent.runs[index];
    if (run === undefined) return { kind: 'unknown', error: UNREACHABLE };
    return { kind: 'launched', turn: cursor.record(agent, run), adopted };
  };

  const unknownRun = ({ threadId, knownTurnIds }: FollowUpRequest) =>
    withAgent(threadId, (agent) => {
      const index = agent.runs.findIndex(({ id }) => !knownTurnIds.includes(id));
      return { ok: true, value: index === -1 ? null : launched(agent, index, true) };
    });

  const followUp = async (wanted: FollowUpRequest): Promise<LaunchOutcome> => {
    network.onOrder('follow-up', wanted.threadId);
    if (wanted.mayHaveArrived === true) {
      const earlier = await unknownRun(wanted);
      if (!earlier.ok) {
        const { error } = earlier;
        return { kind: error.code === 'not_found' ? 'rejected' : 'unknown', error };
      }
      if (earlier.value !== null) return earlier.value;
    }
    const sent = await request(
      () => ({ ok: true, value: cursor.followUp(wanted.threadId, wanted.prompt) }),
      true,
      LATEST_FOLLOW_UP_MS,
    );
    if (!sent.ok) return outcomeOf(sent.error);
    const agent = cursor.find(wanted.threadId);
    if (sent.value === 'missing' || agent === undefined)
      return { kind: 'rejected', error: missing.error };
    if (sent.value === 'busy')
      return { kind: 'wait', error: { code: 'busy', message: 'The agent is at work.' } };
    return launched(agent, agent.runs.indexOf(sent.value), false);
  };

  return {
    id: 'cursor-cloud',
    capabilities: cursorCloudCapabilities,
    backend: { kind: 'cursor', url: 'https://cursor.example' },
    launch,
    followUp,
    readThread,
    readTurn,
    reconnect: readTurn,
    async follow(wanted, observer) {
      const reading = new Reading(network, wanted, observer, readTurn);
      readings.add(reading);
      return reading.run().finally(() => readings.delete(reading));
    },
    cancel: (threadId, turnId) =>
      request(() => {
        const result = cursor.cancel(threadId, turnId);
        if (result === 'missing') return missing;
        if (result === 'ended') return refused('not_cancellable', 'The run has ended.');
        return { ok: true, value: undefined };
      }),
    listArtifacts: (threadId) =>
      withAgent(threadId, ({ runs }) => ({
        ok: true,
        value: runs.map((_, index) => ({ path: `artifacts/${index}.md`, sizeBytes: 12 })),
      })),
    artifactLink: (threadId, path) =>
      withAgent(threadId, () => ({ ok: true, value: `https://storage.example/${path}` })),
    usage: (threadId) => withAgent(threadId, () => ({ ok: true, value: USAGE })),
    listOwnThreads: (limit) =>
      request(() => ({
        ok: true,
        value: [...cursor.agents.values()]
          .filter(({ id }) => cursor.find(id) !== undefined)
          .map((agent) => cursor.agentRecord(agent))
          .reverse()
          .slice(0, limit),
      })),
    account: () => request(() => ({ ok: true, value: { keyName: 'key', identity: 'someone' } })),
    models: () => request(() => ({ ok: true, value: [] })),
    repositories: () => request(() => ({ ok: true, value: { urls: [], refreshedAt: 0 } })),
    wake() {
      for (const reading of readings) reading.wake();
    },
    async close() {},
  };
}

const USAGE = {
  inputTokens: 10,
  outputTokens: 5,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  totalTokens: 15,
};

/** What a failed order proves, as the real runtime reads it. */
function outcomeOf(error: ProviderError): LaunchOutcome {
  return error.code === 'unreachable' ? { kind: 'unknown', error } : { kind: 'wait', error };
}
