import { createHash } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessIdentity } from '../../lib/process.ts';
import { createRedactor } from '../../lib/redact.ts';
import type { ToolAnswer } from '../../permissions/tool-request.ts';
import type { HostThread } from '../harness/harness.ts';
import { Host } from '../hosts/host.ts';
import { LastWords } from '../hosts/last-words.ts';
import type { OwnFolder } from '../processes/family.ts';
import type { ProcessRow } from '../processes/process-row.ts';
import { enterThreadCgroup, removeThreadCgroup } from '../processes/thread-cgroup.ts';
import type { Secrets, ThreadContext, ThreadRequest } from './context.ts';
import type { ThreadShell } from './thread-shell.ts';

/** What a host is opened with. */
export type HostRequest = {
  readonly request: ThreadRequest;
  readonly secrets: Secrets;
  readonly cwd: string;
  readonly isNew: boolean;
  readonly model?: string | undefined;
  readonly modelParameters?: Readonly<Record<string, string>> | undefined;
};

/** How long a thread may take to leave a process that serves others too; what it started is ended then in any case. */
const SHARED_CLOSE_MS = 12_000;

/** The one host of a thread: started when a turn needs it, kept for a while, ended with everything that it has started. */
export class ThreadHost {
  readonly #context: ThreadContext;
  readonly #shell: ThreadShell;
  #current: { readonly host: Host; readonly fingerprint: string } | null = null;
  #idle: NodeJS.Timeout | undefined;
  #ending: Promise<readonly ProcessRow[]> | null = null;

  constructor(context: ThreadContext, shell: ThreadShell) {
    this.#context = context;
    this.#shell = shell;
  }

  get rssBytes(): number | null {
    return this.#current?.host.rssBytes ?? null;
  }

  get isAlive(): boolean {
    return this.#current !== null || this.#ending !== null;
  }

  /** A host for the next turn; null when the signal came first. One that could not be started says so at its first turn. */
  async acquire(asked: HostRequest, signal: AbortSignal): Promise<Host | null> {
    clearTimeout(this.#idle);
    await this.#ending;
    const fingerprint = fingerprintOf(asked);
    if (this.#current?.fingerprint === fingerprint && this.#current.host.isUsable)
      return this.#current.host;
    if (this.#current !== null) await this.end('a further turn needs another one');
    for (const folder of [this.#shell.storeFolder, this.#harnessFolder(asked)])
      await mkdir(folder, { recursive: true, mode: 0o700 });
    if (signal.aborted) return null;
    const host = await this.#start(asked);
    this.#current = { host, fingerprint };
    void host.gone.then((failure) => this.#onGone(host, failure.message));
    return host;
  }

  /** A setup command is the thread's, and so is everything that it starts. Until this resolves it does nothing. */
  async noteCommand(identity: ProcessIdentity, cwd: string): Promise<void> {
    const { threadId } = this.#shell;
    await enterThreadCgroup(threadId, identity.pid);
    this.#context.families.watch(threadId, null);
    await this.#shell.record({ type: 'command', at: this.#context.now(), ...identity, cwd });
  }

  /** To whoever waits for it. Where the host is gone nobody does: its turn ends, and the next one asks again. */
  answer(turnId: string, requestId: string, answer: ToolAnswer): void {
    this.#current?.host.answer(turnId, requestId, answer);
  }

  /** The turn is over: the host waits for the next one, and ends when none comes. */
  release(): void {
    clearTimeout(this.#idle);
    if (this.#current === null) return;
    const end = () => void this.end('it was no longer needed');
    this.#idle = setTimeout(end, this.#context.idleHostMs).unref();
  }

  /** Ends the host and everything that the thread has started. Answers with what would not end. */
  end(how: string): Promise<readonly ProcessRow[]> {
    clearTimeout(this.#idle);
    this.#ending ??= this.#end(how).finally(() => {
      this.#ending = null;
    });
    return this.#ending;
  }

  async #end(how: string): Promise<readonly ProcessRow[]> {
    const { threadId } = this.#shell;
    const { host: noted, first } = this.#shell.state;
    const host = this.#current?.host;
    // A process that serves others is not this thread's to end; that of a runner that died serves nobody.
    const root = host === undefined ? noted : host.identity;
    host?.close();
    this.#current = null;
    if (host?.isShared === true) await Promise.race([host.gone, sleep(SHARED_CLOSE_MS)]);
    const ownFolder = await this.#ownFolder();
    const survivors = await this.#context.families.end({ threadId, root, ownFolder });
    if (survivors.length === 0) await removeThreadCgroup(threadId);
    for (const { pid, name } of survivors)
      this.#context.say(`${threadId}: process ${pid} (${name}) could not be ended`);
    if (first !== null)
      await this.#shell.record({ type: 'host-gone', at: this.#context.now(), how });
    return survivors;
  }

  /** Where nobody but this thread works. The person's own folder is not. */
  async #ownFolder(): Promise<OwnFolder | null> {
    const { start, workspace, first } = this.#shell.state;
    if (start?.thread.workspace.isolation !== 'worktree' || first?.began === undefined) return null;
    // While setup commands run, the working folder is not ready yet.
    const cwd = workspace?.cwd ?? first.cwd;
    if (cwd === null) return null;
    // It was removed: what worked there is still found by its name.
    const path = await realpath(cwd).catch(() => cwd);
    return { path, since: first.began };
  }

  /** It ended by itself while nothing ran in it; what it left behind is ended too. */
  #onGone(host: Host, how: string): void {
    if (this.#current?.host !== host) return;
    this.#context.say(`${this.#shell.threadId}: ${how}`);
    if (this.#shell.isIdle) void this.end(how);
  }

  /** With what was answered for more than one call. */
  #permissions(policy: ThreadRequest['permissions']): HostThread['permissions'] {
    const { rules } = this.#shell.state;
    return policy && { ...policy, rules: [...policy.rules, ...rules] };
  }

  #start(asked: HostRequest): Promise<Host> {
    const { hostProgram, environment, limits, families, now, sharedHosts } = this.#context;
    const { threadId, folder, storeFolder } = this.#shell;
    const { request, secrets } = asked;
    const { file, isShared } = hostProgram(request.harness);
    const note = async ({ pid, began }: ProcessIdentity): Promise<void> => {
      await this.#shell.record({ type: 'host', at: now(), pid, began });
    };
    const thread = this.#threadOf(asked);
    const known = [secrets.apiKey, ...Object.values(secrets.variables ?? {})];
    const redact = createRedactor(() => known);
    const clean = (text: string) => redact([text])[0]?.text ?? '';
    const options = { program: file, environment, limits };
    if (isShared) {
      const { harnessFolder } = thread;
      families.watch(threadId, null);
      return sharedHosts.open(
        {
          ...options,
          key: sharingKey(asked),
          folder: harnessFolder,
          words: new LastWords(join(harnessFolder, 'host.log'), clean),
        },
        { ...thread, variables: { ...secrets.variables } },
        note,
      );
    }
    return Host.start(
      {
        ...options,
        mark: threadId,
        environment: { ...environment, ...secrets.variables },
        folder: storeFolder,
        words: new LastWords(join(folder, 'host.log'), clean),
        note: async (identity) => {
          await enterThreadCgroup(threadId, identity.pid);
          families.watch(threadId, identity);
          await note(identity);
        },
      },
      thread,
    );
  }

  #harnessFolder({ request }: Pick<HostRequest, 'request'>): string {
    return join(this.#context.harnessFiles, request.harness);
  }

  #threadOf({ request, secrets, ...opened }: HostRequest): HostThread & { harnessFolder: string } {
    const { threadId, storeFolder } = this.#shell;
    return {
      threadId,
      harness: request.harness,
      connection: request.connection,
      permissions: this.#permissions(request.permissions),
      name: request.name,
      sandbox: request.sandbox,
      settingSources: request.settingSources,
      subagents: request.subagents,
      backendUrl: request.backendUrl,
      ...opened,
      modelParameters: opened.modelParameters && { ...opened.modelParameters },
      mcpServers: secrets.mcpServers,
      storeFolder,
      harnessFolder: this.#harnessFolder({ request }),
      apiKey: secrets.apiKey,
    };
  }
}

/** A host keeps what it was opened with; with another key or folder another one is needed. */
function fingerprintOf({ request, secrets, cwd }: HostRequest): string {
  return hashOf([request, secrets, cwd]);
}

/** Threads of one harness that reach their models in the same way share a process. */
function sharingKey({ request, secrets }: HostRequest): string {
  return hashOf([request.harness, request.connection, secrets.apiKey]);
}

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex');
