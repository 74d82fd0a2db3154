import { resolve } from 'node:path';
import { fieldsOf } from '../../../lib/fields.ts';
import { isWithin } from '../../../lib/folders.ts';
import type { TurnSink } from '../adapter.ts';
import type { CanUseTool, PermissionResult, ToolHook } from './sdk.ts';
import { categoryOf, requestOf } from './tool-permission.ts';

export type PermissionGateOptions = {
  readonly sink: Pick<TurnSink, 'ask'>;
  readonly cwd: string;
  /** Aborted when the turn is cancelled. */
  readonly signal: AbortSignal;
  /**
   * Set in plan mode, in which nothing may be changed. `plans`: the program's folder for plans, which is not part of
   * the work.
   */
  readonly planMode: { readonly plans: string } | null;
};

/** The SDK's default timeout for hooks is a minute, but a person may take days. Timers are limited to 24 days. */
const HOOK_TIMEOUT_S = 20 * 24 * 3_600;

/**
 * Decides on every tool call before it runs. By itself, Claude Code asks only about calls that it considers dangerous,
 * and project settings could allow more; a hook makes it ask about each call.
 */
export class PermissionGate {
  readonly #options: PermissionGateOptions;

  constructor(options: PermissionGateOptions) {
    this.#options = options;
  }

  get hooks() {
    return { PreToolUse: [{ hooks: [this.#beforeToolUse], timeout: HOOK_TIMEOUT_S }] } as const;
  }

  readonly #beforeToolUse: ToolHook = async ({
    tool_name: tool,
    tool_input: input,
    tool_use_id: id,
  }) => {
    const { planMode } = this.#options;
    if (planMode === null) return hookOutput('ask', 'Cerevisor decides on every call.');
    // In plan mode, permission is checked first; then calls that Claude Code considers read-only run, and it asks about
    // the others.
    const answer = await this.#requestPermission(
      tool,
      fieldsOf(input),
      id ?? '',
      this.#options.signal,
    );
    if (answer.behavior === 'deny') return hookOutput('deny', answer.message);
    return this.#isAllowedInPlanMode(tool, fieldsOf(input))
      ? hookOutput('allow', 'Nothing was changed.')
      : {};
  };

  readonly canUseTool: CanUseTool = async (tool, input, { toolUseID, signal }) => {
    const { planMode } = this.#options;
    if (planMode === null) {
      return this.#requestPermission(
        tool,
        input,
        toolUseID,
        AbortSignal.any([signal, this.#options.signal]),
      );
    }
    if (tool === 'ExitPlanMode') return { behavior: 'deny', message: WRITE_THE_PLAN };
    if (this.#isAllowedInPlanMode(tool, input)) return { behavior: 'allow', updatedInput: input };
    return { behavior: 'deny', message: ONLY_A_PLAN };
  };

  async #requestPermission(
    tool: string,
    input: Readonly<Record<string, unknown>>,
    callId: string,
    signal: AbortSignal,
  ): Promise<PermissionResult> {
    const { sink, cwd } = this.#options;
    const request = await requestOf({ tool, input, callId, cwd });
    const { decision, note } = await sink.ask(request, signal);
    return decision === 'allow'
      ? { behavior: 'allow', updatedInput: input }
      : { behavior: 'deny', message: note ?? 'The user denied this.' };
  }

  #isAllowedInPlanMode(tool: string, input: Readonly<Record<string, unknown>>): boolean {
    const category = categoryOf(tool);
    if (category === 'read' || category === 'network') return true;
    if (category === 'other') return tool !== 'ExitPlanMode';
    const { file_path: path } = input;
    return category === 'filesystem-write' && typeof path === 'string' && this.#isPlan(path);
  }

  #isPlan(path: string): boolean {
    const { planMode, cwd } = this.#options;
    if (planMode === null) return false;
    const resolved = resolve(cwd, path);
    return resolved !== planMode.plans && isWithin(planMode.plans, resolved);
  }
}

const WRITE_THE_PLAN =
  'The plan goes to a person for approval. Write the complete plan as your last message now, and end your turn.';
const ONLY_A_PLAN =
  'This turn is only for a plan: nothing may be changed or run. Continue without this call, and write the plan as your last message.';

const hookOutput = (
  permissionDecision: 'allow' | 'ask' | 'deny',
  permissionDecisionReason: string,
) => ({
  hookSpecificOutput: {
    hookEventName: 'PreToolUse',
    permissionDecision,
    permissionDecisionReason,
  },
});
