import type { TurnOptions } from '../runtimes/turn-requests.ts';
import type { Failure, RepositoryTarget } from '../session/events.ts';
import type { GateAnswer } from '../session/flow/flow-state.ts';
import type { SessionId } from '../session/ids.ts';
import type { Extent } from '../workflow/extent.ts';
import type { AgentId } from '../workflow/ids.ts';
import type { Problem } from '../workflow/problem.ts';

/** What clients of the engine may ask for. Everything durable has happened when a promise resolves. */
export type StartRequest = {
  /**
   * Minted by the client, so that repeating a request whose answer was lost can never start a second session: the
   * repeated one is answered with the first one's session.
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
  /** Instead of what the workflow says; a field that is absent stays as there. */
  readonly budget?: { readonly usd?: number; readonly tokens?: number };
  readonly onlyAgentId?: string;
  /** Kinds of confirmation that the person has given with this request (`--yes` gives all). */
  readonly confirmed?: readonly ConfirmationKind[];
  /** `content` of what was confirmed, by its kind: given for exactly this, and for nothing that it became since. */
  readonly confirmedContent?: Readonly<Record<string, string>>;
};

export type ConfirmationKind =
  | 'auto-create-pr-enable'
  | 'auto-create-pr-fire'
  /** Agents push to the branch that they start from. */
  | 'work-on-current-branch'
  /** Values of variables leave this machine. */
  | 'pass-variables'
  /** The workflow file runs, copies, starts or allows something on this machine. Asked by name: `--yes` does not give it. */
  | 'trust-workflow'
  /** This machine has no sandbox, and the workflow wants to be asked before files are written. */
  | 'run-without-sandbox'
  /** Branches of agents on this machine are pushed for agents in the cloud. */
  | 'push-local-branches';

export type OpenConfirmation = {
  readonly kind: ConfirmationKind;
  readonly message: string;
  /** What exactly is asked about: once this changes, the question is open again. Sent back with the answer. */
  readonly content?: string;
};

/** What happens when an agent on this machine wants to do something. */
export type Enforcement = 'allowed' | 'asked' | 'denied' | 'sandboxed' | 'not-held-back';

export type AgentPermissions = {
  readonly agentId: string;
  readonly name: string;
  /** It is asked about before single calls; the others are only held back as a whole. */
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
  /** How many agents may be at work on this machine at the same time, and what they take of its memory then. */
  readonly agentsAtOnce: number;
  readonly memoryBytes: number;
  readonly setup: readonly string[];
  readonly copy: readonly string[];
  readonly sandbox: boolean;
  /** One sentence for each permission about what is enforced. */
  readonly enforcement: readonly string[];
  /** What is enforced for each agent on this machine. */
  readonly permissions: readonly AgentPermissions[];
  /** Rules by pattern that the workflow has, and answers that were given with "always". */
  readonly permissionRules: number;
  /** Where branches are pushed for agents in the cloud. */
  readonly pushTo: string | null;
};

export type QuestionAnswer = {
  /** What names it: its id, its connection or its agent. Null: the only one that is open. */
  readonly question: string | null;
  readonly answer: GateAnswer;
  readonly note: string | null;
  /** The plan as the person changed it, with its approval. Null: it stays as it was proposed. */
  readonly plan: string | null;
  /** The client in which it was answered. */
  readonly by: string;
};

/** A person's answer to a tool call that waits. `always`: a rule for this workflow in its folder, on this machine. */
export type ToolRequestAnswer = {
  /** Its id, or any unique beginning of it. */
  readonly request: string;
  readonly decision: 'allow' | 'deny';
  readonly scope: 'once' | 'session' | 'always';
  readonly note?: string;
  /** Which further calls it counts for; without one only the very same. */
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
    /** The most that can happen, on whatever ways the session goes. */
    readonly activations: number;
    readonly flow: Pick<Extent, 'loops' | 'conditions' | 'gates' | 'plans' | 'workflowRounds'>;
    readonly mode: 'cloud' | 'local';
    readonly repositories: readonly RepositoryTarget[];
    readonly pullRequests: number;
    readonly maxConcurrentAgents: number;
    readonly costUsd: 0;
    readonly costNote: string;
    readonly limitations: readonly string[];
    /** Null when no agent works on this machine. */
    readonly local: LocalSummary | null;
  } | null;
  readonly confirmations: readonly OpenConfirmation[];
};

export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: Failure & { readonly problems?: readonly Problem[] } };

/** What a stop at this moment would interrupt. It would be taken up again, at the price of doing it twice. */
export type WorkInHand =
  | 'launching'
  | 'following-up'
  | 'handing-off'
  | 'fetching-artifacts'
  | 'cancelling';

export interface Engine {
  /** Carries on with every unsettled session; resolves when each has been asked about or is being retried. */
  bootstrapCloudResume(): Promise<void>;

  preflight(request: StartRequest): Promise<Preflight>;
  /** Errors: `preflight_failed` (with problems), `confirmation_needed`, `license_required`, `journal_*`. */
  start(request: StartRequest): Promise<Outcome<{ sessionId: SessionId }>>;

  /** Asks Cursor about every attempt that could still change and carries on. */
  reconnect(sessionId: SessionId): Promise<Outcome<{ changed: boolean }>>;
  cancel(sessionId: SessionId, agentId?: AgentId): Promise<Outcome<void>>;
  retry(sessionId: SessionId, agentId: AgentId): Promise<Outcome<void>>;
  /**
   * Answers a question that the session waits with. Errors: `no_open_question`, `question_ambiguous`,
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
   * Says what the next round of Loop & Enhance should improve. Errors: `no_rounds`, `rounds_ended`, `last_round`,
   * `edits_await_answer`.
   */
  feedback(
    sessionId: SessionId,
    given: { readonly text: string; readonly by: string },
  ): Promise<Outcome<void>>;
  /** Changes what a session may use; null is without limit. Errors: `session_settled`. */
  changeBudget(
    sessionId: SessionId,
    budget: { readonly usd?: number | null; readonly tokens?: number | null },
    by: string,
  ): Promise<Outcome<void>>;
  /** A model or mode that is named stays in force for the agent from then on, as at Cursor. */
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
  /** Makes a session of one agent out of such an agent. */
  adopt(threadId: string): Promise<Outcome<{ sessionId: SessionId }>>;

  /**
   * Changes the API key, and with it perhaps the backend, by `change`. Sessions of another account or another cloud
   * are held from then on: asked with the wrong key, Cursor would deny that their agents exist.
   */
  changeCredentials<Result>(change: () => Promise<Result>): Promise<Result>;
  workInHand(): readonly WorkInHand[];
  backendState(): {
    readonly state: 'unknown' | 'reachable' | 'unreachable' | 'refused';
    readonly detail: string | null;
    readonly checkedAt: number | null;
  };
  /** Stops supervising; nothing in the cloud is touched. */
  stop(): Promise<void>;
}
