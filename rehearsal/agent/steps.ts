/** What an agent does with one tool that every runtime offers, whoever runs that tool. */
export type CommonToolStep =
  | { readonly kind: 'write'; readonly path: string; readonly text: string }
  | { readonly kind: 'append'; readonly path: string; readonly text: string }
  /** Puts one text in place of another, once. */
  | {
      readonly kind: 'edit';
      readonly path: string;
      readonly before: string;
      readonly after: string;
    }
  | { readonly kind: 'delete'; readonly path: string }
  | { readonly kind: 'read'; readonly path: string }
  | { readonly kind: 'grep'; readonly pattern: string; readonly path: string }
  | { readonly kind: 'glob'; readonly pattern: string }
  | { readonly kind: 'run'; readonly command: string }
  | {
      readonly kind: 'mcp';
      readonly server: string;
      readonly tool: string;
      readonly args: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'ask'; readonly question: string }
  | { readonly kind: 'todo'; readonly items: readonly string[] };

/** One thing a rehearsed agent does. Steps are data, so that a restart can continue in the middle of a plan. */
export type Step =
  | CommonToolStep
  | { readonly kind: 'think'; readonly text: string }
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'chatter'; readonly count: number }
  | { readonly kind: 'ls'; readonly path: string }
  | { readonly kind: 'artifact'; readonly name: string; readonly text: string }
  | { readonly kind: 'large-artifact'; readonly name: string; readonly sizeBytes: number }
  | {
      readonly kind: 'tool';
      readonly name: string;
      readonly args: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: 'subagent'; readonly name: string; readonly prompt: string }
  | { readonly kind: 'merge'; readonly branch: string }
  | { readonly kind: 'wait'; readonly durationMs: number }
  | { readonly kind: 'fail'; readonly message?: string; readonly unlessAttempt?: number }
  | { readonly kind: 'expire' }
  /** Looks around in the repository: lists, reads, asks git for its history. */
  | { readonly kind: 'explore' }
  /** Writes the files that the prompt names as its output. */
  | { readonly kind: 'outputs' }
  /** Writes the note that shows the hand-offs the agent received. */
  | { readonly kind: 'note' }
  /** Leaves `artifacts/report.md`. */
  | { readonly kind: 'report' }
  /** Commits what changed and pushes it; opens the pull request when one is wanted. */
  | { readonly kind: 'publish' }
  /** The final message, with whatever sections the prompt asks for. */
  | { readonly kind: 'conclude' };
