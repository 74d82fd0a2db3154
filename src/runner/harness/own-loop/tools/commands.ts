import { identityOf, type ProcessIdentity } from '../../../../lib/process.ts';
import { runInShell, type ShellEnd } from '../../../workspace/shell.ts';
import { KeptOutput } from './kept-output.ts';

const MAX_OUTPUT_LENGTH = 30_000;
const GRACE_MS = 2_000;
/** Longer than any turn. */
const NEVER_MS = 2 ** 31 - 1;

export type CommandRequest = {
  readonly command: string;
  /** Null: it runs until the end of the turn. */
  readonly timeoutMs: number | null;
  readonly signal: AbortSignal;
  readonly print: (stream: 'stdout' | 'stderr', text: string) => void;
};

/** A command that runs, or ran. */
export type Command = {
  readonly id: string;
  readonly command: string;
  readonly stdout: KeptOutput;
  readonly stderr: KeptOutput;
  /** Both streams, in the order in which they came, since it was last asked. */
  unread: KeptOutput;
  end: ShellEnd | null;
  readonly ended: Promise<ShellEnd>;
  readonly stop: () => void;
};

/** The commands of a thread. Each has a group of its own, noted before anything waits for it. */
export class Commands {
  readonly #cwd: string;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #note: (identity: ProcessIdentity) => void;
  readonly #background = new Map<string, Command>();
  #count = 0;

  constructor(
    cwd: string,
    environment: Readonly<Record<string, string | undefined>>,
    note: (identity: ProcessIdentity) => void,
  ) {
    this.#cwd = cwd;
    this.#environment = environment;
    this.#note = note;
  }

  /** Those that were started in the background, whether they still run or not. */
  get background(): readonly Command[] {
    return [...this.#background.values()];
  }

  start(request: CommandRequest): Command {
    const { command, timeoutMs, print } = request;
    const own = new AbortController();
    this.#count += 1;
    const started: Command = {
      id: `command-${this.#count}`,
      command,
      stdout: new KeptOutput(MAX_OUTPUT_LENGTH),
      stderr: new KeptOutput(MAX_OUTPUT_LENGTH),
      unread: new KeptOutput(MAX_OUTPUT_LENGTH),
      end: null,
      stop: () => own.abort(),
      ended: runInShell({
        command,
        cwd: this.#cwd,
        environment: this.#environment,
        isCleaned: true,
        timeoutMs: timeoutMs ?? NEVER_MS,
        graceMs: GRACE_MS,
        signal: AbortSignal.any([request.signal, own.signal]),
        onStart: (pid) => this.#note(identityOf(pid)),
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

  /** What came since the last time. */
  takeUnread(command: Command): string {
    const { text } = command.unread;
    command.unread = new KeptOutput(MAX_OUTPUT_LENGTH);
    return text;
  }

  find(id: string): Command | undefined {
    return this.#background.get(id);
  }

  /** Ends what runs in the background. What it started and let go is found by whoever ends the turn. */
  async stopAll(): Promise<void> {
    const running = this.background.filter(({ end }) => end === null);
    for (const { stop } of running) stop();
    await Promise.all(running.map(({ ended }) => ended));
    this.#background.clear();
  }
}
