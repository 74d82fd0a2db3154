import { resolve } from 'node:path';
import { fieldsOf } from '../../../lib/fields.ts';
import { isWithin } from '../../../lib/folders.ts';
import type { TurnSink } from '../adapter.ts';
import type { CanUseTool, PermissionResult, ToolHook } from './sdk.ts';
import { categoryOf, requestOf } from './tool-permission.ts';

export type GateOptions = {
  readonly sink: Pick<TurnSink, 'ask'>;
  readonly cwd: string;
  /** The turn is cancelled: nobody needs an answer. */
  readonly signal: AbortSignal;
  /** Plan mode: nothing is changed. `plans`: where the program keeps its plans, which are no part of the work. */
  readonly planMode: { readonly plans: string } | null;
};

/** The SDK gives up on a hook after a minute otherwise; a person may take days. Timers end at 24 days. */
const HOOK_TIMEOUT_S = 20 * 24 * 3_600;

/**
 * Decides about every tool call before it runs. Claude Code asks by itself only about what it holds for dangerous, and
 * settings of the project could allow more; the hook before a call makes it ask about each.
 */
export class Gate {
  readonly #options: GateOptions;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  get hooks() {
    return { PreToolUse: [{ hooks: [this.#before], timeout: HOOK_TIMEOUT_S }] } as const;
  }

  readonly #before: ToolHook = async ({ tool_name: tool, tool_input: input, tool_use_id: id }) => {
    const { planMode } = this.#options;
    if (planMode === null) return decision('ask', 'Cerevisor decides about every call.');
    // Here the answer comes first: what Claude Code itself holds for reading it then runs, and for the rest it asks.
    const answer = await this.#ask(tool, fieldsOf(input), id ?? '', this.#options.signal);
    if (answer.behavior === 'deny') return decision('deny', answer.message);
    return this.#isFreeInPlanMode(tool, fieldsOf(input))
      ? decision('allow', 'Nothing was changed.')
      : {};
  };

  readonly canUseTool: CanUseTool = async (tool, input, { toolUseID, signal }) => {
    const { planMode } = this.#options;
    if (planMode === null) {
      return this.#ask(tool, input, toolUseID, AbortSignal.any([signal, this.#options.signal]));
    }
    if (tool === 'ExitPlanMode') return { behavior: 'deny', message: SAY_THE_PLAN };
    if (this.#isFreeInPlanMode(tool, input)) return { behavior: 'allow', updatedInput: input };
    return { behavior: 'deny', message: ONLY_A_PLAN };
  };

  async #ask(
    tool: string,
    input: Readonly<Record<string, unknown>>,
    callId: string,
    signal: AbortSignal,
  ): Promise<PermissionResult> {
    const { sink, cwd } = this.#options;
    const request = await requestOf({ tool, input, callId, cwd });
    const { decision: verdict, note } = await sink.ask(request, signal);
    return verdict === 'allow'
      ? { behavior: 'allow', updatedInput: input }
      : { behavior: 'deny', message: note ?? 'The user denied this.' };
  }

  #isFreeInPlanMode(tool: string, input: Readonly<Record<string, unknown>>): boolean {
    const category = categoryOf(tool);
    if (category === 'read' || category === 'network') return true;
    if (category === 'other') return tool !== 'ExitPlanMode';
    const { file_path: path } = input;
    return category === 'filesystem-write' && typeof path === 'string' && this.#isPlan(path);
  }

  #isPlan(path: string): boolean {
    const { planMode, cwd } = this.#options;
    if (planMode === null) return false;
    const named = resolve(cwd, path);
    return named !== planMode.plans && isWithin(planMode.plans, named);
  }
}

const SAY_THE_PLAN =
  'The plan goes to a person for approval. Write the complete plan as your last message now, and end your turn.';
const ONLY_A_PLAN =
  'This turn is only for a plan: nothing may be changed or run. Continue without this call, and write the plan as your last message.';

const decision = (
  permissionDecision: 'allow' | 'ask' | 'deny',
  permissionDecisionReason: string,
) => ({
  hookSpecificOutput: {
    hookEventName: 'PreToolUse',
    permissionDecision,
    permissionDecisionReason,
  },
});
