import type { TurnOptions } from '../runtimes/turn-requests.ts';
import type { Budget, Failure, RepositoryTarget } from '../session/events.ts';
import type { GateAnswer } from '../session/flow/flow-state.ts';
import type { SessionId } from '../session/ids.ts';
import type { Extent } from '../workflow/extent.ts';
import type { AgentId } from '../workflow/ids.ts';
import type { Problem } from '../workflow/problem.ts';

/**
 * The operations that the engine offers to clients. When a promise resolves, everything that must be durable has been
 * stored.
 */
export type StartRequest = {
  /**
   * Chosen by the client, so that repeating a request whose response was lost never starts a second session: the
   * repeated request returns the first one's session.
   */
  readonly sessionId?: SessionId;
  /** The document as parsed JSON (already read), and where it came from. */
  readonly workflow: unknown;
  readonly workflowPath?: string;
  /** Adds line and column to problems, when the document came from text (`parseWorkflow`). */
  readonly locate?: (problem: Problem) => Problem;
  readonly mode?: 'cloud' | 'local';
  /** The folder to work in, for agents on this machine. Absolute. */
  readonly folder?: string;
  /** The current folder of the command, used if nothing else names a folder. Absolute. */
  readonly currentFolder?: string;
  readonly repositories?: readonly RepositoryTarget[];
  readonly autoCreatePr?: boolean;
  readonly input?: string;
  /** Overrides the budget of the workflow; absent fields keep its values. */
  readonly budget?: { readonly usd?: number; readonly tokens?: number };
  readonly onlyAgentId?: string;
  /** Kinds of confirmation that the user gave with this request (`--yes` gives all of them). */
  readonly confirmed?: readonly ConfirmationKind[];
  /**
   * `content` of what was confirmed, by kind. A confirmation applies only to exactly this content, not to anything that
   * replaced it later.
   */
  readonly confirmedContent?: Readonly<Record<string, string>>;
};

export type ConfirmationKind =
  | 'auto-create-pr-enable'
  | 'auto-create-pr-fire'
  /** Agents push to the branch that they start from. */
  | 'work-on-current-branch'
  /** Values of variables are sent from this machine to Cursor. */
  | 'pass-variables'
  /**
   * The workflow file runs, copies, starts or allows something on this machine. It must be confirmed by name; `--yes`
   * does not confirm it.
   */
  | 'trust-workflow'
  /** This machine has no sandbox, and the workflow requires agents to ask before they write files. */
  | 'run-without-sandbox'
  /** Branches of agents on this machine are pushed for agents in the cloud. */
  | 'push-local-branches';

export type OpenConfirmation = {
  readonly kind: ConfirmationKind;
  readonly message: string;
  /**
   * The exact content of the question. If it changes, the question is asked again. Clients send it back with the
   * answer.
   */
  readonly content?: string;
};

/** How a permission is enforced for an agent on this machine. */
export type Enforcement = 'allowed' | 'asked' | 'denied' | 'sandboxed' | 'not-held-back';

export type AgentPermissions = {
  readonly agentId: string;
  readonly name: string;
  /** The agent asks before each call; other agents are only restricted as a whole. */
  readonly asks: boolean;
} & Readonly<Record<'filesystemWrite' | 'execution' | 'network' | 'mcp', Enforcement>>;

/** What a run would do on this machine. */
export type LocalSummary = {
  readonly folder: string;
  /** Where the choice of the folder comes from. */
  readonly folderSource: 'request' | 'workflow' | 'workflow-file' | 'current-folder' | 'sample';
  readonly branch: string | null;
  readonly uncommittedFiles: number;
  /** Agents start from the folder with its uncommitted changes. */
  readonly carriesUncommitted: boolean;
  readonly isolation: 'worktree' | 'in-place';
  /** How many agents may run on this machine at the same time, and the memory that they need. */
  readonly agentsAtOnce: number;
  readonly waitingAgents: number;
  readonly memoryBytes: number;
  readonly setup: readonly string[];
  readonly copy: readonly string[];
  readonly sandbox: boolean;
  /** One sentence for each permission about what is enforced. */
  readonly enforcement: readonly string[];
  /** What is enforced for each agent on this machine. */
  readonly permissions: readonly AgentPermissions[];
  /** The number of permission rules of the workflow. */
  readonly permissionRules: number;
  /** Where branches are pushed for agents in the cloud. */
  readonly pushTo: string | null;
};

export type QuestionAnswer = {
  /** Id of the question, its connection or its agent. Null: the only open one. */
  readonly question: string | null;
  readonly answer: GateAnswer;
  readonly note: string | null;
  /** The plan as the user edited it with the approval. Null: it is carried out as proposed. */
  readonly plan: string | null;
  /** The client in which it was answered. */
  readonly by: string;
};

/** The user's answer to a tool request. `always`: stores a rule for this workflow in its folder, on this machine. */
export type ToolRequestAnswer = {
  /** Its id, or any unique beginning of it. */
  readonly request: string;
  readonly decision: 'allow' | 'deny';
  readonly scope: 'once' | 'session' | 'always';
  readonly note?: string;
  /** The pattern of other calls that the answer applies to; without one, only identical calls. */
  readonly pattern?: string;
  /** The client in which it was answered. */
  readonly by: string;
};

export type Preflight = {
  readonly canStart: boolean;
  readonly problems: readonly Problem[];
  readonly summary: {
    readonly agents: number;
    readonly waves: readonly (readonly {
      readonly id: string;
      readonly name: string;
      readonly mode: 'cloud' | 'local';
      /** Maximum, including loops. */
      readonly activations: number;
      readonly provider: { readonly id: string; readonly name: string } | null;
      readonly model: string | null;
    }[])[];
    /** The maximum number of activations, whichever connections are taken. */
    readonly activations: number;
    readonly flow: Pick<Extent, 'loops' | 'conditions' | 'gates' | 'plans' | 'workflowRounds'>;
    readonly mode: 'cloud' | 'local';
    readonly repositories: readonly RepositoryTarget[];
    readonly pullRequests: number;
    readonly maxConcurrentAgents: number;
    readonly budget: Budget | null;
    readonly costUsd: 0;
    readonly costNote: string;
    readonly limitations: readonly string[];
    /** Null if no agent runs on this machine. */
    readonly local: LocalSummary | null;
  } | null;
  readonly confirmations: readonly OpenConfirmation[];
};

export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Failure & { readonly problems?: readonly Problem[] } };

/** Work that stopping now would interrupt. It would be resumed later, but some of it would be repeated. */
export type WorkInProgress =
  | 'launching'
  | 'following-up'
  | 'handing-off'
  | 'fetching-artifacts'
  | 'cancelling';

export interface Engine {
  /** Resumes every unsettled session. Resolves when each one has been reconciled or is being retried. */
  bootstrapCloudResume(): Promise<void>;

  preflight(request: StartRequest): Promise<Preflight>;
  /** Errors: `preflight_failed` (with problems), `confirmation_needed`, `license_required`, `journal_*`. */
  start(request: StartRequest): Promise<Outcome<{ sessionId: SessionId }>>;

  /** Reconciles every attempt that can still change with its runtime, and resumes the session. */
  reconnect(sessionId: SessionId): Promise<Outcome<{ changed: boolean }>>;
  cancel(sessionId: SessionId, agentId?: AgentId): Promise<Outcome<void>>;
  retry(sessionId: SessionId, agentId: AgentId): Promise<Outcome<void>>;
  /**
   * Answers an open question of the session. Errors: `no_open_question`, `question_ambiguous`,
   * `already_answered`, `answer_not_possible`, `note_missing`, `plan_empty`, `input_too_long`,
   * `input_not_text`.
   */
  answer(sessionId: SessionId, answer: QuestionAnswer): Promise<Outcome<void>>;
  /**
   * Answers a tool call. Errors: `no_open_question`, `question_ambiguous`, `already_answered`, `request_ended`,
   * `answer_not_possible`.
   */
  answerToolRequest(sessionId: SessionId, answer: ToolRequestAnswer): Promise<Outcome<void>>;
  /**
   * Stores feedback for the next round of Loop & Enhance. Errors: `no_rounds`, `rounds_ended`, `last_round`,
   * `edits_await_answer`.
   */
  feedback(
    sessionId: SessionId,
    feedback: { readonly text: string; readonly by: string },
  ): Promise<Outcome<void>>;
  /** Changes the budget of a session; null means no limit. Errors: `session_settled`. */
  changeBudget(
    sessionId: SessionId,
    budget: { readonly usd?: number | null; readonly tokens?: number | null },
    by: string,
  ): Promise<Outcome<void>>;
  /** A model or mode applies to this and all later prompts to the agent, as in Cursor. */
  followUp(
    sessionId: SessionId,
    agentId: AgentId,
    text: string,
    options?: TurnOptions,
  ): Promise<Outcome<void>>;
  dismiss(sessionIds: readonly SessionId[]): Promise<Outcome<{ dismissed: readonly SessionId[] }>>;
  restore(sessionIds: readonly SessionId[]): Promise<Outcome<{ restored: readonly SessionId[] }>>;
  refetchArtifacts(sessionId: SessionId, agentId?: AgentId): Promise<Outcome<void>>;

  /** Lists Cursor agents that were started by Cerevisor but are not in the journal. */
  orphans(): Promise<
    Outcome<
      readonly {
        cursorAgentId: string;
        name: string;
        createdAt: string | null;
        sessionId: string | null;
      }[]
    >
  >;
  /** Creates a session with one agent from such an agent. */
  adopt(threadId: string): Promise<Outcome<{ sessionId: SessionId }>>;

  /**
   * Changes the API key, and possibly the backend, by calling `change`. Sessions of another account or cloud are then
   * held, because Cursor reports their agents as missing to any other key.
   */
  changeCredentials<Result>(change: () => Promise<Result>): Promise<Result>;
  workInProgress(): readonly WorkInProgress[];
  backendState(): {
    readonly state: 'unknown' | 'reachable' | 'unreachable' | 'refused';
    readonly detail: string | null;
    readonly checkedAt: number | null;
  };
  /** Stops supervising; nothing in the cloud is touched. */
  stop(): Promise<void>;
}
