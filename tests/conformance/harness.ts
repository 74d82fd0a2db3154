import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RehearsalOptions } from '../../rehearsal/options.ts';
import { startRehearsal } from '../../rehearsal/server.ts';
import { removeFolder } from '../../testing/remove-folder.ts';

type Sdk = typeof import('@cursor/sdk');
type Json = Record<string, unknown>;
export type Answer = { readonly status: number; readonly body: Json; readonly headers: Headers };

/** A rehearsal cloud, a repository to work on, and ways to talk to both. */
export type Harness = {
  readonly url: string;
  readonly repository: string;
  readonly folder: string;
  readonly apiKey: string;
  readonly sdk: Sdk;
  /** One request as any HTTP client would send it. */
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Creates an agent over HTTP and returns the ids. */
  create(prompt: string, more?: Json): Promise<{ agentId: string; runId: string; body: Json }>;
  /** Reads a run's stream to the end of the connection. */
  stream(agentId: string, runId: string, lastEventId?: string): Promise<WireStream>;
  addFault(match: Json, effect: Json): Promise<void>;
  clearFaults(): Promise<void>;
  ledgerOf(agentId: string): Promise<LedgerAgent>;
  git(...args: string[]): string;
  close(): Promise<void>;
};

export type WireFrame = { readonly id?: string; readonly event: string; readonly data: Json };
export type WireStream = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly frames: readonly WireFrame[];
};
export type LedgerAgent = {
  readonly id: string;
  readonly idChosenBy: string;
  readonly creates: {
    readonly asked: number;
    readonly accepted: number;
    readonly conflicted: number;
  };
  readonly runs: readonly {
    readonly id: string;
    readonly status: string;
    readonly prompt: string;
    readonly eventCount: number;
    readonly streamConnects: readonly { readonly lastEventId: string | null }[];
  }[];
  readonly idempotencyKeys: readonly string[];
};

export const mintId = (): string => `bc-${randomUUID()}`;

/** A `rehearse` block around the lines. */
export const script = (...lines: string[]): string =>
  ['# Scripted agent', '', '```rehearse', ...lines, '```', ''].join('\n');

export async function startHarness(options: Partial<RehearsalOptions> = {}): Promise<Harness> {
  const folder = mkdtempSync(join(tmpdir(), 'rehearsal-'));
  const repository = makeRepository(join(folder, 'repository'));
  const settings = { paceMs: 0, idleMinutes: 0, limitRepositories: false, ...options };
  const rehearsal = await startRehearsal({ home: join(folder, 'home'), ...settings });
  // The SDK reads half of its addresses while it is imported, so the variable comes first.
  process.env.CURSOR_BACKEND_URL = rehearsal.url;
  const sdk = await import('@cursor/sdk');
  const { url } = rehearsal;
  const apiKey = 'crsr_rehearsal';

  const call: Harness['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: parse(text), headers: response.headers };
  };

  return {
    url,
    repository,
    folder,
    apiKey,
    sdk,
    call,
    async create(text, more = {}) {
      const request = { prompt: { text }, repos: [{ url: repository }], ...more };
      const { body, status } = await call('POST', '/v1/agents', request);
      if (status !== 201) throw new Error(`Create answered ${status}: ${JSON.stringify(body)}`);
      const { agent, run } = body as { agent: { id: string }; run: { id: string } };
      return { agentId: agent.id, runId: run.id, body };
    },
    stream: (agentId, runId, lastEventId) =>
      readStream(`${url}/v1/agents/${agentId}/runs/${runId}/stream`, apiKey, lastEventId),
    async addFault(match, effect) {
      const { status, body } = await call('POST', '/rehearsal/faults', { match, effect });
      if (status !== 201) throw new Error(JSON.stringify(body));
    },
    async clearFaults() {
      await call('DELETE', '/rehearsal/faults');
    },
    async ledgerOf(agentId) {
      const { body } = await call('GET', '/rehearsal/ledger');
      const agent = (body as { agents: LedgerAgent[] }).agents.find(({ id }) => id === agentId);
      if (agent === undefined) throw new Error(`The ledger has no ${agentId}`);
      return agent;
    },
    git: (...args) => execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8' }),
    async close() {
      await rehearsal.close();
      removeFolder(folder);
    },
  };
}

export function makeRepository(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args]);
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Somebody');
  git('config', 'user.email', 'somebody@example.invalid');
  writeFileSync(join(folder, 'README.md'), '# A repository\n\nWith a few words.\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'Start');
  return folder;
}

export async function readStream(
  address: string,
  apiKey: string,
  lastEventId?: string,
): Promise<WireStream> {
  const response = await fetch(address, {
    headers: {
      authorization: `Bearer ${apiKey}`,
      accept: 'text/event-stream',
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
  });
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const bytes of response.body ?? []) text += decoder.decode(bytes, { stream: true });
  } catch (error) {
    // A rehearsed cut ends the body with a network error; what came before it is what a reader has.
    if (!(error instanceof TypeError)) throw error;
  }
  return { status: response.status, headers: response.headers, text, frames: parseFrames(text) };
}

/** Complete frames only, as a reader that splits on blank lines gets them. */
function parseFrames(text: string): readonly WireFrame[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .map((block) => {
      const field = (name: string) =>
        block
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      const id = field('id');
      return {
        ...(id === undefined ? {} : { id }),
        event: field('event') ?? '',
        data: parse(field('data') ?? '{}'),
      };
    });
}

function parse(text: string): Json {
  try {
    return text === '' ? {} : (JSON.parse(text) as Json);
  } catch {
    return { notJson: text };
  }
}
