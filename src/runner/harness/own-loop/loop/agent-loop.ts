import type { PermissionPolicy } from '../../../../permissions/tool-request.ts';
import type { HostFailure } from '../../harness.ts';
import type { ModelAnswer, ModelRequest } from '../model/ask-model.ts';
import type { ModelService } from '../model/connect-model.ts';
import type { RequestSettings } from '../model/request-settings.ts';
import type { Tokens } from '../model/usage.ts';
import type { Conversation } from '../store/conversation.ts';
import type { Tool } from '../tools/tool.ts';
import { askWithRetries, type Pause } from './ask-with-retries.ts';
import {
  SUMMARY_INSTRUCTIONS,
  splitForSummary,
  summaryMessage,
  summaryRequest,
} from './compaction.ts';
import { COMPACTION_THRESHOLD, ContextSize } from './context-size.ts';
import { runCalls } from './run-calls.ts';
import type { TurnOutput } from './turn-output.ts';

export type AgentLoopOptions = {
  readonly turnId: string;
  readonly cwd: string;
  readonly service: ModelService;
  readonly model: string;
  readonly settings: RequestSettings;
  readonly contextTokens: number;
  readonly instructions: string;
  readonly tools: readonly Tool[];
  readonly outputSchema?: Readonly<Record<string, unknown>> | undefined;
  readonly conversation: Conversation;
  readonly output: TurnOutput;
  readonly policy: PermissionPolicy | undefined;
  readonly warningsOf: (name: string, input: unknown) => readonly string[];
  /** Called with the tokens of each request, including those of subagents. */
  readonly onTokens: (tokens: Tokens) => Promise<void>;
  readonly maxSteps: number;
  readonly pause: Pause;
  readonly signal: AbortSignal;
};

export type AgentEnd =
  | { readonly kind: 'finished'; readonly text: string }
  /** `isTransient`: the turn can be resumed. */
  | { readonly kind: 'failed'; readonly failure: HostFailure; readonly isTransient: boolean }
  | { readonly kind: 'cancelled' };

const CANCELLED: AgentEnd = { kind: 'cancelled' };
const MAX_CONTINUATIONS = 3;
const MAX_REPAIRS = 2;
/** After that many summaries, a conversation that is still too long for the model fails. */
const MAX_FORCED_COMPACTIONS = 2;

/** Works on the last prompt of a conversation: asks the model and runs its tool calls, until there are none. */
export class AgentLoop {
  readonly #options: AgentLoopOptions;
  readonly #size = new ContextSize();
  #continuations = 0;
  #repairs = 0;
  #forcedCompactions = 0;

  constructor(options: AgentLoopOptions) {
    this.#options = options;
  }

  async run(): Promise<AgentEnd> {
    const { signal, maxSteps } = this.#options;
    for (let step = 0; step < maxSteps; step += 1) {
      if (signal.aborted) return CANCELLED;
      const end = await this.#step();
      if (end !== null) return end;
    }
    const message = `The agent took ${maxSteps} steps in one turn without finishing.`;
    const suggestion = 'Check what it did. To let it continue, send a follow-up.';
    return {
      kind: 'failed',
      failure: { code: 'step_limit', message, suggestion },
      isTransient: false,
    };
  }

  /** Null if the work continues. */
  async #step(): Promise<AgentEnd | null> {
    const { service, output, pause, contextTokens, conversation, instructions } = this.#options;
    const size = this.#size.of(conversation.entries, instructions);
    if (size > contextTokens * COMPACTION_THRESHOLD) {
      const failedEnd = await this.#compact();
      if (failedEnd !== null) return failedEnd;
    }
    const result = await askWithRetries(service, () => this.#request(), output, pause);
    if (result.kind === 'cancelled') return CANCELLED;
    if (result.kind === 'answered') return this.#onAnswer(result.answer);
    const { failure, isTransient } = result.failed;
    if (failure.code === 'context_too_long' && this.#forcedCompactions < MAX_FORCED_COMPACTIONS) {
      this.#forcedCompactions += 1;
      const before = conversation.entries.length;
      const failedEnd = await this.#compact();
      if (failedEnd !== null) return failedEnd;
      if (conversation.entries.length < before) return null;
    }
    return { kind: 'failed', failure, isTransient };
  }

  #request(): ModelRequest {
    const { service, model, settings, instructions, conversation, tools, signal } = this.#options;
    const { outputSchema } = this.#options;
    const usesSchema = outputSchema !== undefined && service.supportsSchema;
    return {
      model: service.model(model, settings.others),
      api: service.api,
      instructions:
        outputSchema === undefined ? instructions : withSchema(instructions, outputSchema),
      messages: conversation.messages,
      tools,
      settings,
      signal,
      ...(usesSchema ? { outputSchema } : {}),
    };
  }

  async #onAnswer(answer: ModelAnswer): Promise<AgentEnd | null> {
    const { conversation, turnId, output, signal } = this.#options;
    const unique = withUniqueCalls(answer, conversation);
    conversation.addAnswer(turnId, unique.message);
    this.#size.recordCount(answer, conversation.entries.length);
    await output.endAnswer();
    if (answer.tokens !== null) await this.#options.onTokens(answer.tokens);
    if (unique.calls.length > 0) {
      await runCalls(unique.calls, this.#options);
      return signal.aborted ? CANCELLED : null;
    }
    if (answer.finishReason === 'content-filter') return CONTENT_FILTERED;
    if (answer.finishReason === 'length' && this.#continuations < MAX_CONTINUATIONS) {
      this.#continuations += 1;
      return this.#prompt(CONTINUE_PROMPT);
    }
    return this.#finish(answer.text);
  }

  async #finish(text: string): Promise<AgentEnd | null> {
    const { outputSchema, output } = this.#options;
    if (outputSchema === undefined) return { kind: 'finished', text };
    const { checkAnswer } = await import('./structured-answer.ts');
    const checked = checkAnswer(text, outputSchema);
    if (checked.ok) return { kind: 'finished', text: checked.json };
    if (this.#repairs < MAX_REPAIRS) {
      this.#repairs += 1;
      return this.#prompt(
        `Your answer is not in the requested form: ${checked.problem} Answer again with only the JSON and nothing else.`,
      );
    }
    await output.notice('warning', `The answer does not satisfy the schema: ${checked.problem}`);
    return { kind: 'finished', text };
  }

  #prompt(content: string): null {
    const { conversation, turnId } = this.#options;
    conversation.addPrompt(turnId, { role: 'user', content });
    return null;
  }

  /** Replaces the older part of the conversation by a summary of the model. Null if the work continues. */
  async #compact(): Promise<AgentEnd | null> {
    const { service, output, pause, conversation, contextTokens, turnId } = this.#options;
    const part = splitForSummary(conversation.entries, contextTokens);
    if (part === null) return null;
    const before = this.#size.of(conversation.entries, this.#options.instructions);
    const silentOutput = output.noticesOnly();
    const content = summaryRequest(part, contextTokens);
    const request = (): ModelRequest => ({
      ...this.#request(),
      instructions: SUMMARY_INSTRUCTIONS,
      messages: [{ role: 'user', content }],
      tools: [],
      outputSchema: undefined,
    });
    const result = await askWithRetries(service, request, silentOutput, pause);
    if (result.kind === 'cancelled') return CANCELLED;
    if (result.kind === 'failed' && result.failed.isTransient)
      return { kind: 'failed', failure: result.failed.failure, isTransient: true };
    const summary = result.kind === 'answered' ? result.answer.text : NO_SUMMARY;
    if (result.kind === 'answered' && result.answer.tokens !== null)
      await this.#options.onTokens(result.answer.tokens);
    conversation.compact(turnId, summaryMessage(part, summary, contextTokens), part.kept);
    this.#size.reset();
    const after = this.#size.of(conversation.entries, this.#options.instructions);
    await output.notice(
      'info',
      `The conversation was summarized to make room: about ${formatTokens(before)} tokens became ${formatTokens(after)}.`,
    );
    return null;
  }
}

const NO_SUMMARY = '(No summary could be created. Look at the files to see what was done.)';
const CONTINUE_PROMPT =
  'Go on with the task. Your last message was cut off because it reached the maximum length: continue exactly where it ends.';
const CONTENT_FILTERED: AgentEnd = {
  kind: 'failed',
  failure: {
    code: 'invalid_request',
    message: "The provider's content filter stopped the answer.",
  },
  isTransient: false,
};

const formatTokens = (tokens: number): string => Math.round(tokens).toLocaleString('en-US');

const withSchema = (instructions: string, schema: object): string =>
  `${instructions}\n\nYour last message has to be JSON that satisfies this JSON Schema, without anything around it:\n${JSON.stringify(schema)}`;

/** Replaces missing and repeated call ids: some servers restart their numbering in each answer, or omit ids. */
function withUniqueCalls(answer: ModelAnswer, { entries }: Conversation): ModelAnswer {
  const { content } = answer.message;
  if (typeof content === 'string' || answer.calls.length === 0) return answer;
  const usedIds = new Set(entries.flatMap(({ outcomes }) => [...outcomes.keys()]));
  const renamed = content.map((part) => {
    if (part.type !== 'tool-call') return part;
    const isUnique = part.toolCallId !== '' && !usedIds.has(part.toolCallId);
    const toolCallId = isUnique ? part.toolCallId : `call-${crypto.randomUUID()}`;
    usedIds.add(toolCallId);
    return { ...part, toolCallId };
  });
  const calls = renamed.flatMap((part) =>
    part.type === 'tool-call'
      ? [{ callId: part.toolCallId, name: part.toolName, input: part.input }]
      : [],
  );
  return { ...answer, message: { ...answer.message, content: renamed }, calls };
}
