import type { PermissionPolicy } from '../permissions/tool-request.ts';
import type { ProviderError } from './provider-error.ts';
import type { TurnRecord } from './turn-records.ts';

/** What the engine asks of a runtime: a thread with its first turn, and further turns. */

/** What a turn asks of the model. What is absent stays as the provider has it. */
export type TurnOptions = {
  readonly model?: string;
  /** Values of the model's parameters by their ids. */
  readonly modelParameters?: Readonly<Record<string, string>>;
  readonly mode?: 'agent' | 'plan';
  /** JSON Schema of an object that the turn's last message has to be. Only with the capability `structuredOutput`. */
  readonly outputSchema?: Readonly<Record<string, unknown>>;
};

/** A picture: its address, or its bytes in Base64 with their type. */
export type PromptImage = {
  readonly url?: string;
  readonly data?: string;
  readonly mimeType?: string;
};

/** An agent that the launched one may call upon. */
export type Subagent = {
  readonly name: string;
  readonly description: string;
  readonly prompt: string;
  /** An id, or `inherit`. */
  readonly model?: string;
  readonly modelParameters?: Readonly<Record<string, string>>;
};

export type LaunchRequest = TurnOptions & {
  /**
   * Minted by us; the runtime uses it as is, so repeating the request can never make a second thread. With
   * `variables` Cursor takes no id and chooses one: the caller then looks for the thread by `metadata` before it
   * repeats a request.
   */
  readonly threadId: string;
  readonly name: string;
  readonly prompt: string;
  readonly images?: readonly PromptImage[];
  readonly subagents?: readonly Subagent[];
  /** Variables of the agent's shell, with their values: secrets, never to be logged. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly repositories: readonly {
    readonly url: string;
    readonly startingRef?: string;
    readonly prUrl?: string;
  }[];
  readonly workOnCurrentBranch?: boolean;
  readonly skipReviewerRequest?: boolean;
  readonly openAsCursorGithubApp?: boolean;
  readonly environment?: { readonly type: 'cloud' | 'pool' | 'machine'; readonly name?: string };
  readonly autoCreatePr: boolean;
  readonly mcpServers?: unknown;
  /** The entry of the provider library whose key and address are used; they are looked up when the request is sent. */
  readonly provider?: string;
  /** Where to work, for runtimes that work on this machine. */
  readonly workspace?: WorkspaceRequest;
  /** The agent's tools may change nothing outside its folder; a runtime that cannot hold them to that refuses. */
  readonly isConfined?: boolean;
  /** What its tools may do, for runtimes that ask before single tool calls (`toolRequests`). */
  readonly permissions?: PermissionPolicy;
  /** Our session, agent and attempt ids, found again by the reconciler. */
  readonly metadata: Readonly<Record<string, string>>;
};

/** The folder that a local attempt works in. The same session, agent and attempt always get the same one. */
export type WorkspaceRequest = {
  readonly sessionId: string;
  readonly sessionPrefix: string;
  readonly workflowName: string;
  readonly agentName: string;
  /** Tells agents of one name apart; without it the name is taken. */
  readonly agentId?: string;
  readonly attempt: number;
  /** The person's folder; absolute. */
  readonly folder: string;
  readonly isolation: 'worktree' | 'in-place';
  /** Uncommitted changes of the folder belong to what the agents start from. */
  readonly carryUncommitted: boolean;
  /** Commands to run before the first turn. */
  readonly setup: readonly string[];
  /** Ignored files to copy, such as `.env`. */
  readonly copy: readonly string[];
  /** Branches of upstream agents, in order: the first is the base, the others are merged. */
  readonly bases: readonly {
    readonly agentName: string;
    readonly repoUrl?: string;
    readonly branch: string;
    readonly commit?: string;
  }[];
  /** How much of uncommitted files is carried at most. */
  readonly sizeCapBytes?: number;
};

export type LaunchOutcome =
  /** The thread exists and its turn is known. `adopted`: an earlier, lost answer had created it. */
  | {
      readonly kind: 'launched';
      readonly turn: TurnRecord;
      readonly agentUrl?: string;
      readonly adopted: boolean;
    }
  /** Certainly not created; repeating the same request cannot help. */
  | { readonly kind: 'rejected'; readonly error: ProviderError }
  /** Certainly not created; repeat the same request later. */
  | { readonly kind: 'wait'; readonly error: ProviderError }
  /** May or may not have been created: repeat the same request with the same id. */
  | { readonly kind: 'unknown'; readonly error: ProviderError };

export type FollowUpRequest = TurnOptions & {
  readonly threadId: string;
  /** Minted by us. Where the runtime keeps it, repeating the request starts nothing twice. */
  readonly followUpId: string;
  readonly purpose:
    | 'handoff-repair'
    | 'message'
    | 'resume'
    | 'decision'
    | 'changes'
    | 'carry-out'
    | 'round';
  readonly prompt: string;
  readonly mcpServers?: unknown;
  /** As in the launch. */
  readonly provider?: string;
  /** Turns of this thread that we already know. After a lost answer any other turn is the wanted one. */
  readonly knownTurnIds: readonly string[];
  /**
   * Set when the request is repeated after an `unknown` outcome or a crash: a turn that we do not know is
   * then taken for ours and adopted before anything is sent. Without it such a turn is someone else's (a person can
   * write to the agent in the provider's own app), and the prompt is sent.
   */
  readonly mayHaveArrived?: boolean;
};
