import { createHash } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessIdentity } from '../../lib/process.ts';
import { createRedactor } from '../../lib/redact.ts';
import type { ToolAnswer } from '../../permissions/tool-request.ts';
import type { HostThread } from '../harness/harness.ts';
import { Host } from '../hosts/host.ts';
import { StderrLog } from '../hosts/stderr-log.ts';
import type { ProcessRow } from '../processes/process-row.ts';
import type { ExclusiveFolder } from '../processes/process-tree.ts';
import { enterThreadCgroup, removeThreadCgroup } from '../processes/thread-cgroup.ts';
import type { Secrets, ThreadContext, ThreadRequest } from './context.ts';
import type { ThreadAccess } from './thread-access.ts';

/** What a host is opened with. */
export type HostRequest = {
  readonly thread: ThreadRequest;
  readonly secrets: Secrets;
  readonly cwd: string;
  readonly isNew: boolean;
  readonly model?: string | undefined;
  readonly modelParameters?: Readonly<Record<string, string>> | undefined;
};

/** How long a shared process may take to close a thread. The thread's own processes are ended in any case. */
const SHARED_CLOSE_MS = 12_000;

/**
 * The host of a thread: started when a turn needs it, kept for a while afterwards, and ended together with all of its
 * descendants.
 */
export class ThreadHost {
  readonly #context: ThreadContext;
  readonly #thread: ThreadAccess;
  #current: { readonly host: Host; readonly fingerprint: string } | null = null;
  #ending: Promise<readonly ProcessRow[]> | null = null;

  constructor(context: ThreadContext, thread: ThreadAccess) {
    this.#context = context;
    this.#thread = thread;
  }

  get rssBytes(): number | null {
    return this.#current?.host.rssBytes ?? null;
  }

  get hasProcess(): boolean {
    return this.#current !== null || this.#ending !== null;
  }

  /**
   * A host for the next turn; null if the signal was aborted first. If the host cannot be started, its first turn
   * fails.
   */
  async acquire(request: HostRequest, signal: AbortSignal): Promise<Host | null> {
    this.#context.idleHosts.remove(this);
    await this.#ending;
    const fingerprint = fingerprintOf(request);
    if (this.#current?.fingerprint === fingerprint && this.#current.host.isUsable)
      return this.#current.host;
    if (this.#current !== null) await this.end('a further turn needs another one');
    for (const folder of [this.#thread.storeFolder, this.#harnessFolder(request.thread)])
      await mkdir(folder, { recursive: true, mode: 0o700 });
    if (signal.aborted) return null;
    const host = await this.#start(request);
    this.#current = { host, fingerprint };
    void host.closed.then((failure) => this.#onClosed(host, failure.message));
    return host;
  }

  /** Records a setup command as a process of the thread. The command does not run before this resolves. */
  async recordCommand(identity: ProcessIdentity, cwd: string): Promise<void> {
    const { threadId } = this.#thread;
    await enterThreadCgroup(threadId, identity.pid);
    this.#context.processTracker.track(threadId, null);
    await this.#thread.record({ type: 'command', at: this.#context.now(), ...identity, cwd });
  }

  /**
   * Passes an answer to the tool call that waits for it. Without a host nothing waits: the turn ends, and the next one
   * asks again.
   */
  answer(turnId: string, requestId: string, answer: ToolAnswer): void {
    this.#current?.host.answer(turnId, requestId, answer);
  }

  /** The turn has ended: the host waits for the next one, and is ended if none comes. */
  release(): void {
    if (this.#current === null) return;
    this.#context.idleHosts.add(this, () => void this.end('it was no longer needed'));
  }

  /** Ends the host and everything that the thread has started. Returns the processes that could not be ended. */
  end(how: string): Promise<readonly ProcessRow[]> {
    this.#context.idleHosts.remove(this);
    this.#ending ??= this.#end(how).finally(() => {
      this.#ending = null;
    });
    return this.#ending;
  }

  async #end(how: string): Promise<readonly ProcessRow[]> {
    const { threadId } = this.#thread;
    const { host: recorded, oldestProcess } = this.#thread.state;
    const host = this.#current?.host;
    // A shared process is not ended with this thread; one of a crashed runner serves nobody anymore.
    const root = host === undefined ? recorded : host.identity;
    host?.close();
    this.#current = null;
    if (host?.isShared === true) await Promise.race([host.closed, sleep(SHARED_CLOSE_MS)]);
    const exclusiveFolder = await this.#exclusiveFolder();
    const survivors = await this.#context.processTracker.end({ threadId, root, exclusiveFolder });
    if (survivors.length === 0) await removeThreadCgroup(threadId);
    for (const { pid, name } of survivors)
      this.#context.log(`${threadId}: process ${pid} (${name}) could not be ended`);
    if (oldestProcess !== null)
      await this.#thread.record({ type: 'host-gone', at: this.#context.now(), how });
    return survivors;
  }

  /** The worktree of this thread, which no one else uses; null in place. */
  async #exclusiveFolder(): Promise<ExclusiveFolder | null> {
    const { start, workspace, oldestProcess } = this.#thread.state;
    const since = oldestProcess?.began;
    if (start?.thread.workspace.isolation !== 'worktree' || since === undefined) return null;
    // During setup, the working folder is not recorded yet.
    const cwd = workspace?.cwd ?? oldestProcess?.cwd ?? null;
    if (cwd === null) return null;
    // The folder was removed; processes in it are still found by its path.
    const path = await realpath(cwd).catch(() => cwd);
    return { path, since };
  }

  /** The host exited by itself. Without a turn, its descendants are ended here; otherwise the turn does that. */
  #onClosed(host: Host, how: string): void {
    if (this.#current?.host !== host) return;
    this.#context.log(`${this.#thread.threadId}: ${how}`);
    if (this.#thread.isIdle) void this.end(how);
  }

  /** Adds the rules from answers that count for more than one call. */
  #permissions(policy: ThreadRequest['permissions']): HostThread['permissions'] {
    const { rules } = this.#thread.state;
    return policy && { ...policy, rules: [...policy.rules, ...rules] };
  }

  #start(request: HostRequest): Promise<Host> {
    const { isShared } = this.#context.hostProgram(request.thread.harness);
    return isShared ? this.#startShared(request) : this.#startOwn(request);
  }

  #startOwn(request: HostRequest): Promise<Host> {
    const { environment, limits, hostProgram, processTracker } = this.#context;
    const { threadId, folder, storeFolder } = this.#thread;
    const { secrets } = request;
    const options = {
      program: hostProgram(request.thread.harness).file,
      limits,
      mark: threadId,
      environment: { ...environment, ...secrets.variables },
      folder: storeFolder,
      stderr: new StderrLog(join(folder, 'host.log'), redactorFor(secrets)),
      onSpawn: async (identity: ProcessIdentity) => {
        await enterThreadCgroup(threadId, identity.pid);
        processTracker.track(threadId, identity);
        await this.#recordHost(identity);
      },
    };
    return Host.start(options, this.#hostThread(request));
  }

  #startShared(request: HostRequest): Promise<Host> {
    const { environment, limits, hostProgram, processTracker, sharedHosts } = this.#context;
    const { secrets } = request;
    const thread = { ...this.#hostThread(request), variables: { ...secrets.variables } };
    processTracker.track(thread.threadId, null);
    const options = {
      key: sharingKey(request),
      program: hostProgram(thread.harness).file,
      limits,
      environment,
      folder: thread.harnessFolder,
      stderr: new StderrLog(join(thread.harnessFolder, 'host.log'), redactorFor(secrets)),
    };
    return sharedHosts.open(options, thread, (identity) => this.#recordHost(identity));
  }

  async #recordHost({ pid, began }: ProcessIdentity): Promise<void> {
    await this.#thread.record({ type: 'host', at: this.#context.now(), pid, began });
  }

  #harnessFolder({ harness }: ThreadRequest): string {
    return join(this.#context.harnessFiles, harness);
  }

  #hostThread({ thread, secrets, ...rest }: HostRequest): HostThread & { harnessFolder: string } {
    const { threadId, storeFolder } = this.#thread;
    return {
      threadId,
      harness: thread.harness,
      connection: thread.connection,
      permissions: this.#permissions(thread.permissions),
      name: thread.name,
      sandbox: thread.sandbox,
      settingSources: thread.settingSources,
      subagents: thread.subagents,
      backendUrl: thread.backendUrl,
      ...rest,
      modelParameters: rest.modelParameters && { ...rest.modelParameters },
      mcpServers: secrets.mcpServers,
      storeFolder,
      harnessFolder: this.#harnessFolder(thread),
      apiKey: secrets.apiKey,
    };
  }
}

/** Identifies what a host was opened with; a turn with another key or folder needs a new host. */
function fingerprintOf({ thread, secrets, cwd }: HostRequest): string {
  return hashOf([thread, secrets, cwd]);
}

/** Threads with the same harness, connection and key share a process. */
function sharingKey({ thread, secrets }: HostRequest): string {
  return hashOf([thread.harness, thread.connection, secrets.apiKey]);
}

/** Removes the key and the values of the variables from a text. */
function redactorFor({ apiKey, variables }: Secrets): (text: string) => string {
  const values = [apiKey, ...Object.values(variables ?? {})];
  const redact = createRedactor(() => values);
  return (text) => redact([text])[0]?.text ?? '';
}

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex');
