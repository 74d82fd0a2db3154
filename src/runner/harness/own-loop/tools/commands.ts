import { identityOf, type ProcessIdentity } from '../../../../lib/process.ts';
import { runInShell, type ShellEnd } from '../../../workspace/shell.ts';
import { ClippedOutput } from './clipped-output.ts';

const MAX_OUTPUT_LENGTH = 30_000;
const GRACE_MS = 2_000;
/** No timeout. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

export type CommandRequest = {
  readonly command: string;
  /** Null: in the background until the end of the turn. */
  readonly timeoutMs: number | null;
  readonly signal: AbortSignal;
  readonly print: (stream: 'stdout' | 'stderr', text: string) => void;
};

/** A running or finished command. */
export type Command = {
  readonly id: string;
  readonly command: string;
  readonly stdout: ClippedOutput;
  readonly stderr: ClippedOutput;
  /** Both streams in order, since the last `takeUnread`. */
  unread: ClippedOutput;
  end: ShellEnd | null;
  readonly ended: Promise<ShellEnd>;
  readonly stop: () => void;
};

/** The commands of a thread. Each has its own process group, and its process is recorded before it runs. */
export class Commands {
  readonly #cwd: string;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #onProcess: (identity: ProcessIdentity) => void;
  readonly #background = new Map<string, Command>();
  #count = 0;

  constructor(
    cwd: string,
    environment: Readonly<Record<string, string | undefined>>,
    onProcess: (identity: ProcessIdentity) => void,
  ) {
    this.#cwd = cwd;
    this.#environment = environment;
    this.#onProcess = onProcess;
  }

  /** All background commands, running or finished. */
  get background(): readonly Command[] {
    return [...this.#background.values()];
  }

  start(request: CommandRequest): Command {
    const { command, timeoutMs, print } = request;
    const abort = new AbortController();
    this.#count += 1;
    const started: Command = {
      id: `command-${this.#count}`,
      command,
      stdout: new ClippedOutput(MAX_OUTPUT_LENGTH),
      stderr: new ClippedOutput(MAX_OUTPUT_LENGTH),
      unread: new ClippedOutput(MAX_OUTPUT_LENGTH),
      end: null,
      stop: () => abort.abort(),
      ended: runInShell({
        command,
        cwd: this.#cwd,
        environment: this.#environment,
        isCleaned: true,
        timeoutMs: timeoutMs ?? NO_TIMEOUT_MS,
        graceMs: GRACE_MS,
        signal: AbortSignal.any([request.signal, abort.signal]),
        onStart: (pid) => this.#onProcess(identityOf(pid)),
        onOutput: (stream, text) => {
          started[stream].add(text);
          started.unread.add(text);
          print(stream, text);
        },
      }).then((end) => {
        started.end = end;
        return end;
      }),
    };
    if (timeoutMs === null) this.#background.set(started.id, started);
    return started;
  }

  /** The output since the last call. */
  takeUnread(command: Command): string {
    const { text } = command.unread;
    command.unread = new ClippedOutput(MAX_OUTPUT_LENGTH);
    return text;
  }

  find(id: string): Command | undefined {
    return this.#background.get(id);
  }

  /** Stops all background commands. Their detached descendants are ended at the end of the turn. */
  async stopAll(): Promise<void> {
    const running = this.background.filter(({ end }) => end === null);
    for (const { stop } of running) stop();
    await Promise.all(running.map(({ ended }) => ended));
    this.#background.clear();
  }
}
