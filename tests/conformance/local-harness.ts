import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentOptions, RunResult, SDKImage, SDKMessage, SendOptions } from '@cursor/sdk';
import type { RehearsalOptions } from '../../rehearsal/options.ts';
import { startRehearsal } from '../../rehearsal/server.ts';
import { lastingPort } from '../../testing/lasting-port.ts';
import { removeFolder } from '../../testing/remove-folder.ts';
import { makeRepository } from './harness.ts';

export type ChildOptions = Omit<AgentOptions, 'local' | 'cloud'> & {
  readonly cwd: string;
  readonly store: string;
  readonly retries: boolean;
  readonly hasCustomTool?: boolean;
  readonly local?: object;
};

export type ChildCommand =
  | { readonly do: 'create'; readonly options: ChildOptions }
  | { readonly do: 'resume'; readonly agentId: string; readonly options: ChildOptions }
  | {
      readonly do: 'run';
      readonly agentId: string;
      readonly prompt: string;
      readonly images?: SDKImage[];
      readonly options?: Omit<SendOptions, 'onDelta' | 'onStep'>;
      readonly atFirstTool?: 'cancel' | 'steer';
      /** Tells of every message while the turn continues. */
      readonly announce?: boolean;
    }
  | { readonly do: 'usage'; readonly agentId: string }
  | { readonly do: 'messages'; readonly agentId: string; readonly cwd: string }
  | { readonly do: 'received' };

export type RunReport = {
  readonly messages: readonly SDKMessage[];
  readonly result: RunResult;
  readonly deltas: { readonly type: string; readonly event?: unknown }[];
  readonly conversation: readonly unknown[];
  readonly steered?: string;
};

type Json = Record<string, unknown>;

/** The SDK in a child process. */
export type SdkProcess = {
  readonly child: ChildProcess;
  call(command: ChildCommand): Promise<unknown>;
  /** Settles when the child tells of a message of this type. */
  seen(type: string): Promise<void>;
  kill(): Promise<void>;
};

export type LocalHarness = {
  readonly url: string;
  readonly folder: string;
  /** The working folder: a repository with one commit. */
  readonly cwd: string;
  readonly sdk: SdkProcess;
  startSdk(): Promise<SdkProcess>;
  optionsWith(more?: Partial<ChildOptions>): ChildOptions;
  create(more?: Partial<ChildOptions>): Promise<string>;
  run(
    agentId: string,
    prompt: string,
    more?: Partial<Extract<ChildCommand, { do: 'run' }>>,
  ): Promise<RunReport>;
  read(path: string): string;
  post(path: string, body: Json): Promise<Json>;
  addFault(match: Json, effect: Json): Promise<void>;
  clear(): Promise<void>;
  turnsOf(agentId: string): Promise<readonly LedgerTurn[]>;
  localAgents(): Promise<readonly { id: string; turns: readonly LedgerTurn[] }[]>;
  /** Ends the rehearsal cloud and starts it again on its address. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

export type LedgerTurn = {
  readonly prompt: string;
  readonly status: string;
  readonly attempts: number;
  readonly toolCalls: number;
  readonly resumes: number;
  readonly subagent?: string;
  readonly scriptedBy?: string;
  readonly images: number;
  readonly mode: string;
  readonly hasSystemPrompt: boolean;
  readonly model?: { readonly id: string; readonly params: readonly unknown[] };
};

export async function startLocalHarness(
  options: Partial<RehearsalOptions> = {},
): Promise<LocalHarness> {
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-local-'));
  const cwd = makeRepository(join(folder, 'work'));
  const home = join(folder, 'person');
  mkdirSync(home);
  const port = await lastingPort();
  const settings = { home: join(folder, 'home'), paceMs: 0, idleMinutes: 0, port, ...options };
  let rehearsal = await startRehearsal(settings);
  const { url } = rehearsal;
  const processes: SdkProcess[] = [];
  const startSdk = async (): Promise<SdkProcess> => {
    const started = await startChild(url, home);
    processes.push(started);
    return started;
  };
  const sdk = await startSdk();
  const optionsWith = (more: Partial<ChildOptions> = {}): ChildOptions => ({
    cwd,
    store: join(folder, 'store'),
    retries: false,
    ...more,
  });
  const post = async (path: string, body: Json): Promise<Json> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(url + path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as Json;
    if (!response.ok) throw new Error(JSON.stringify(answer));
    return answer;
  };
  const localAgents: LocalHarness['localAgents'] = async () => {
    const answer = await fetch(`${url}/rehearsal/ledger`);
    // The ledger's own shape, read by these tests alone.
    return ((await answer.json()) as { localAgents: { id: string; turns: LedgerTurn[] }[] })
      .localAgents;
  };
  return {
    url,
    folder,
    cwd,
    sdk,
    startSdk,
    optionsWith,
    // The child answers `create` with an id and `run` with a report.
    create: async (more) =>
      (await sdk.call({ do: 'create', options: optionsWith(more) })) as string,
    run: async (agentId, prompt, more = {}) =>
      (await sdk.call({ do: 'run', agentId, prompt, ...more })) as RunReport,
    read: (path) => readFileSync(join(cwd, path), 'utf8'),
    post,
    async addFault(match, effect) {
      await post('/rehearsal/faults', { match, effect });
    },
    async clear() {
      for (const path of ['faults', 'scripts']) {
        await fetch(`${url}/rehearsal/${path}`, { method: 'DELETE' });
      }
    },
    localAgents,
    turnsOf: async (agentId) => (await localAgents()).find(({ id }) => id === agentId)?.turns ?? [],
    async restart() {
      await rehearsal.close();
      rehearsal = await startRehearsal(settings);
    },
    async close() {
      await Promise.all(processes.map((one) => one.kill()));
      await rehearsal.close();
      removeFolder(folder);
    },
  };
}

async function startChild(url: string, home: string): Promise<SdkProcess> {
  const child = fork(new URL('local-child.ts', import.meta.url), {
    env: {
      PATH: process.env.PATH,
      HOME: home,
      CURSOR_BACKEND_URL: url,
      NODE_NO_WARNINGS: '1',
    },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  // The SDK's code is one line of two megabytes, which Node shows for an error that nobody handles: the end is enough.
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2_000);
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const watchers = new Map<string, PromiseWithResolvers<void>>();
  child.on('message', (message: Json) => {
    if (typeof message.seen === 'string') watchers.get(message.seen)?.resolve();
    if (typeof message.id !== 'number') return;
    const settled = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error === undefined) settled?.resolve(message.value);
    else settled?.reject(Object.assign(new Error(), message.error));
  });
  child.on('exit', (code, signal) => {
    for (const settled of waiting.values()) {
      settled.reject(new Error(`The SDK's process ended (${code ?? signal}): ${complaint}`));
    }
  });
  await once(child, 'message');
  let last = 0;
  return {
    child,
    async call(command) {
      if (child.exitCode !== null) throw new Error(`The SDK's process has ended: ${complaint}`);
      last += 1;
      const settled = Promise.withResolvers<unknown>();
      waiting.set(last, settled);
      child.send({ id: last, command });
      return settled.promise;
    },
    seen(type) {
      const watcher = Promise.withResolvers<void>();
      watchers.set(type, watcher);
      return watcher.promise;
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** A prompt that makes the agent answer and do nothing else. */
export const answerOnly = (words: string): string =>
  `# Task\n\n${words} Change no files.\n\n\`\`\`json-schema\n{"type": "object"}\n\`\`\`\n`;

/** Tools that were called, each with how its call ended. */
export function toolsIn({ messages }: RunReport): readonly string[] {
  return messages.flatMap((message) =>
    message.type === 'tool_call' && message.status !== 'running'
      ? [`${message.name} ${statusIn(message.result)}`]
      : [],
  );
}

function statusIn(result: unknown): string {
  return typeof result === 'object' && result !== null && 'status' in result
    ? String(result.status)
    : 'none';
}

/** Everything that the agent said. */
export function textIn({ messages }: RunReport): string {
  return messages
    .flatMap((message) => (message.type === 'assistant' ? message.message.content : []))
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('');
}
