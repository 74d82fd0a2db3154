/** A step that uses one of the tools that every runtime offers. */
export type CommonToolStep =
  | { readonly kind: 'write'; readonly path: string; readonly text: string }
  | { readonly kind: 'append'; readonly path: string; readonly text: string }
  /** Replaces the first occurrence of a text. */
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

/** One step of an agent's plan. Steps are data, so that a restart can continue in the middle of a plan. */
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
  /** Explores the repository: lists files, reads some, and shows the git history. */
  | { readonly kind: 'explore' }
  /** Writes the output files that the prompt names. */
  | { readonly kind: 'outputs' }
  /** Writes the note with the hand-offs that the agent received. */
  | { readonly kind: 'note' }
  /** Writes `artifacts/report.md`. */
  | { readonly kind: 'report' }
  /** Commits and pushes changes, and opens the pull request if one is requested. */
  | { readonly kind: 'publish' }
  /** The final message, with the sections that the prompt asks for. */
  | { readonly kind: 'conclude' };
