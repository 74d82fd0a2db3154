import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createRedactor } from '../../lib/redact.ts';
import type { HostThread } from '../harness/harness.ts';
import { Host } from '../hosts/host.ts';
import { LastWords } from '../hosts/last-words.ts';
import type { ProcessRow } from '../processes/process-row.ts';
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

/** The one host of a thread: started when a turn needs it, kept for a while, ended with all that it has started. */
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
    await mkdir(this.#shell.storeFolder, { recursive: true, mode: 0o700 });
    if (signal.aborted) return null;
    const host = await this.#start(asked);
    this.#current = { host, fingerprint };
    void host.gone.then((failure) => this.#onGone(host, failure.message));
    return host;
  }

  /** The turn is over: the host waits for the next one, and ends when none comes. */
  release(): void {
    clearTimeout(this.#idle);
    if (this.#current === null) return;
    const end = () => void this.end('it was not needed any more');
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
    const noted = this.#shell.state.host;
    const root = this.#current?.host.identity ?? noted;
    this.#current?.host.close();
    this.#current = null;
    const survivors = await this.#context.families.end(threadId, root);
    for (const { pid, name } of survivors)
      this.#context.say(`${threadId}: process ${pid} (${name}) would not end`);
    if (noted !== null)
      await this.#shell.record({ type: 'host-gone', at: this.#context.now(), how });
    return survivors;
  }

  /** It ended by itself while nothing ran in it; what it left behind is ended too. */
  #onGone(host: Host, how: string): void {
    if (this.#current?.host !== host) return;
    this.#context.say(`${this.#shell.threadId}: ${how}`);
    if (this.#shell.isIdle) void this.end(how);
  }

  #start({ request, secrets, ...opened }: HostRequest): Promise<Host> {
    const { threadId, folder, storeFolder } = this.#shell;
    const known = [secrets.apiKey, ...Object.values(secrets.variables ?? {})];
    const redact = createRedactor(() => known);
    const { apiKey, mcpServers, variables } = secrets;
    const thread: HostThread = {
      threadId,
      name: request.name,
      sandbox: request.sandbox,
      settingSources: request.settingSources,
      subagents: request.subagents,
      backendUrl: request.backendUrl,
      ...opened,
      modelParameters: opened.modelParameters && { ...opened.modelParameters },
      mcpServers,
      storeFolder,
      apiKey,
    };
    return Host.start(
      {
        threadId,
        program: this.#context.hostProgram(request.harness),
        environment: { ...this.#context.environment, ...variables },
        folder: storeFolder,
        limits: this.#context.limits,
        words: new LastWords(join(folder, 'host.log'), (text) => redact([text])[0]?.text ?? ''),
        note: async (identity) => {
          this.#context.families.watch(threadId, identity);
          const { pid, began } = identity;
          await this.#shell.record({ type: 'host', at: this.#context.now(), pid, began });
        },
      },
      thread,
    );
  }
}

/** A host keeps what it was opened with; with another key or folder another one is needed. */
function fingerprintOf({ request, secrets, cwd }: HostRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([request, secrets, cwd]))
    .digest('hex');
}
