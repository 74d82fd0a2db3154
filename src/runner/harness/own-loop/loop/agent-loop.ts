import type { PermissionPolicy } from '../../../../permissions/tool-request.ts';
import type { HostFailure } from '../../harness.ts';
import type { ModelAnswer, ModelRequest } from '../model/ask-model.ts';
import type { ModelService } from '../model/connect-model.ts';
import type { RequestSettings } from '../model/request-settings.ts';
import type { Tokens } from '../model/usage.ts';
import type { Conversation } from '../store/conversation.ts';
import type { OwnTool } from '../tools/own-tool.ts';
import { askPatiently, type Pause } from './ask-patiently.ts';
import { carryOut } from './carry-out.ts';
import { divide, SUMMARY_INSTRUCTIONS, summaryMessage, summaryRequest } from './compaction.ts';
import { ContextSize, FULL } from './context-size.ts';
import type { Voice } from './voice.ts';

export type AgentSetting = {
  readonly turnId: string;
  readonly cwd: string;
  readonly service: ModelService;
  readonly model: string;
  readonly settings: RequestSettings;
  readonly contextTokens: number;
  readonly instructions: string;
  readonly tools: readonly OwnTool[];
  readonly outputSchema?: Readonly<Record<string, unknown>> | undefined;
  readonly conversation: Conversation;
  readonly voice: Voice;
  readonly policy: PermissionPolicy | undefined;
  readonly warningsOf: (name: string, input: unknown) => readonly string[];
  /** Tokens as they are used, this agent's and those of its subagents. */
  readonly onTokens: (tokens: Tokens) => Promise<void>;
  readonly maxSteps: number;
  readonly pause: Pause;
  readonly signal: AbortSignal;
};

export type AgentEnd =
  | { readonly kind: 'finished'; readonly text: string }
  /** `isTransient`: the turn can be taken up again. */
  | { readonly kind: 'failed'; readonly failure: HostFailure; readonly isTransient: boolean }
  | { readonly kind: 'cancelled' };

const CANCELLED: AgentEnd = { kind: 'cancelled' };
const MAX_CONTINUATIONS = 3;
const MAX_REPAIRS = 2;
/** A conversation that the model does not take even so shortened is too long for it. */
const MAX_FORCED_COMPACTIONS = 2;

/** Works on the last prompt of a conversation: asks the model, carries out its calls, and again, until it makes none. */
export class AgentLoop {
  readonly #setting: AgentSetting;
  readonly #size = new ContextSize();
  #continuations = 0;
  #repairs = 0;
  #forced = 0;

  constructor(setting: AgentSetting) {
    this.#setting = setting;
  }

  async run(): Promise<AgentEnd> {
    const { signal, maxSteps } = this.#setting;
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

  /** Null: the work continues. */
  async #step(): Promise<AgentEnd | null> {
    const { service, voice, pause, contextTokens, conversation, instructions } = this.#setting;
    const size = this.#size.of(conversation.entries, instructions);
    if (size > contextTokens * FULL) {
      const failed = await this.#compact();
      if (failed !== null) return failed;
    }
    const asked = await askPatiently(service, () => this.#request(), voice, pause);
    if (asked.kind === 'cancelled') return CANCELLED;
    if (asked.kind === 'answered') return this.#onAnswer(asked.answer);
    const { failure, isTransient } = asked.failed;
    if (failure.code === 'context_too_long' && this.#forced < MAX_FORCED_COMPACTIONS) {
      this.#forced += 1;
      const before = conversation.entries.length;
      const failed = await this.#compact();
      if (failed !== null) return failed;
      if (conversation.entries.length < before) return null;
    }
    return { kind: 'failed', failure, isTransient };
  }

  #request(): ModelRequest {
    const { service, model, settings, instructions, conversation, tools, signal } = this.#setting;
    const { outputSchema } = this.#setting;
    const isHeld = outputSchema !== undefined && service.takesSchema;
    return {
      model: service.model(model, settings.others),
      api: service.api,
      instructions:
        outputSchema === undefined ? instructions : withSchema(instructions, outputSchema),
      messages: conversation.messages,
      tools,
      settings,
      signal,
      ...(isHeld ? { outputSchema } : {}),
    };
  }

  async #onAnswer(answer: ModelAnswer): Promise<AgentEnd | null> {
    const { conversation, turnId, voice, signal } = this.#setting;
    const unique = withUniqueCalls(answer, conversation);
    conversation.addAnswer(turnId, unique.message);
    this.#size.note(answer, conversation.entries.length);
    await voice.endAnswer();
    if (answer.tokens !== null) await this.#setting.onTokens(answer.tokens);
    if (unique.calls.length > 0) {
      await carryOut(unique.calls, this.#setting);
      return signal.aborted ? CANCELLED : null;
    }
    if (answer.finishReason === 'content-filter') return REFUSED;
    if (answer.finishReason === 'length' && this.#continuations < MAX_CONTINUATIONS) {
      this.#continuations += 1;
      return this.#say(GO_ON);
    }
    return this.#finish(answer.text);
  }

  async #finish(text: string): Promise<AgentEnd | null> {
    const { outputSchema, voice } = this.#setting;
    if (outputSchema === undefined) return { kind: 'finished', text };
    const { checkAnswer } = await import('./structured-answer.ts');
    const checked = checkAnswer(text, outputSchema);
    if (checked.ok) return { kind: 'finished', text: checked.json };
    if (this.#repairs < MAX_REPAIRS) {
      this.#repairs += 1;
      return this.#say(
        `Your answer is not in the requested form: ${checked.problem} Answer again with only the JSON and nothing else.`,
      );
    }
    await voice.notice('warning', `The answer does not satisfy the schema: ${checked.problem}`);
    return { kind: 'finished', text };
  }

  #say(content: string): null {
    const { conversation, turnId } = this.#setting;
    conversation.addPrompt(turnId, { role: 'user', content });
    return null;
  }

  /** Lets the model summarize what is old. Null: the work continues. */
  async #compact(): Promise<AgentEnd | null> {
    const { service, voice, pause, conversation, contextTokens, turnId } = this.#setting;
    const part = divide(conversation.entries, contextTokens);
    if (part === null) return null;
    const before = this.#size.of(conversation.entries, this.#setting.instructions);
    const silent = voice.silent();
    const content = summaryRequest(part, contextTokens);
    const request = (): ModelRequest => ({
      ...this.#request(),
      instructions: SUMMARY_INSTRUCTIONS,
      messages: [{ role: 'user', content }],
      tools: [],
      outputSchema: undefined,
    });
    const asked = await askPatiently(service, request, silent, pause);
    if (asked.kind === 'cancelled') return CANCELLED;
    if (asked.kind === 'failed' && asked.failed.isTransient)
      return { kind: 'failed', failure: asked.failed.failure, isTransient: true };
    const summary = asked.kind === 'answered' ? asked.answer.text : NO_SUMMARY;
    if (asked.kind === 'answered' && asked.answer.tokens !== null)
      await this.#setting.onTokens(asked.answer.tokens);
    conversation.compact(turnId, summaryMessage(part, summary, contextTokens), part.kept);
    this.#size.forget();
    const after = this.#size.of(conversation.entries, this.#setting.instructions);
    await voice.notice(
      'info',
      `The conversation was summarized to make room: about ${rounded(before)} tokens became ${rounded(after)}.`,
    );
    return null;
  }
}

const NO_SUMMARY = '(No summary could be created. Look at the files to see what was done.)';
const GO_ON =
  'Go on with the task. Your last message was cut off because it reached the maximum length: continue exactly where it ends.';
const REFUSED: AgentEnd = {
  kind: 'failed',
  failure: {
    code: 'invalid_request',
    message: "The provider's content filter stopped the answer.",
  },
  isTransient: false,
};

const rounded = (tokens: number): string => Math.round(tokens).toLocaleString('en-US');

const withSchema = (instructions: string, schema: object): string =>
  `${instructions}\n\nYour last message has to be JSON that satisfies this JSON Schema, without anything around it:\n${JSON.stringify(schema)}`;

/** Some servers number the calls of each answer again, or leave the ids out. */
function withUniqueCalls(answer: ModelAnswer, { entries }: Conversation): ModelAnswer {
  const { content } = answer.message;
  if (typeof content === 'string' || answer.calls.length === 0) return answer;
  const used = new Set(entries.flatMap(({ outcomes }) => [...outcomes.keys()]));
  const renamed = content.map((part) => {
    if (part.type !== 'tool-call') return part;
    const isFree = part.toolCallId !== '' && !used.has(part.toolCallId);
    const toolCallId = isFree ? part.toolCallId : `call-${crypto.randomUUID()}`;
    used.add(toolCallId);
    return { ...part, toolCallId };
  });
  const calls = renamed.flatMap((part) =>
    part.type === 'tool-call'
      ? [{ callId: part.toolCallId, name: part.toolName, input: part.input }]
      : [],
  );
  return { ...answer, message: { ...answer.message, content: renamed }, calls };
}
