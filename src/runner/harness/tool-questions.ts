import { ruleFromAnswer } from '../../permissions/answer-rule.ts';
import { evaluatePolicy } from '../../permissions/decide.ts';
import type { PermissionPolicy, ToolAnswer, ToolRequest } from '../../permissions/tool-request.ts';
import type { NewToolRequest } from './adapter.ts';

export type QuestionsOptions = {
  readonly folder: string;
  /** Absent: nothing is held back. */
  readonly policy: PermissionPolicy | undefined;
};

/** Of one turn: how its questions reach the runner. */
export type AskRunner = {
  readonly asked: (request: ToolRequest) => void;
  readonly withdrawn: (requestId: string, reason: string) => void;
};

const ALLOWED: ToolAnswer = { decision: 'allow', scope: 'once' };
const denied = (note: string): ToolAnswer => ({ decision: 'deny', scope: 'once', note });

/** The questions of a thread: what its policy and earlier answers decide is answered here, the rest by a person. */
export class ToolQuestions {
  readonly #folder: string;
  #policy: PermissionPolicy | undefined;
  readonly #open = new Map<string, (answer: ToolAnswer) => void>();

  constructor({ folder, policy }: QuestionsOptions) {
    this.#folder = folder;
    this.#policy = policy;
  }

  /** Never rejects. */
  async ask(
    asked: NewToolRequest,
    runner: AskRunner,
    signals: readonly AbortSignal[],
  ): Promise<ToolAnswer> {
    const request = { folder: this.#folder, ...asked };
    if (this.#policy === undefined) return ALLOWED;
    const { decision, reason } = evaluatePolicy(this.#policy, request);
    if (decision === 'allow') return ALLOWED;
    if (decision === 'deny') return denied(`This is not permitted. ${reason}`);
    const answer = await this.#untilAnswered(request, runner, AbortSignal.any([...signals]));
    const rule = ruleFromAnswer(request, answer);
    if (rule !== null) this.#policy = { ...this.#policy, rules: [...this.#policy.rules, rule] };
    if (answer.decision === 'allow' || answer.note !== undefined) return answer;
    return { ...answer, note: 'The user denied this.' };
  }

  /** The tool call that waits for this request continues. */
  answer(requestId: string, answer: ToolAnswer): void {
    this.#open.get(requestId)?.(answer);
  }

  #untilAnswered(
    request: Omit<ToolRequest, 'requestId'>,
    runner: AskRunner,
    signal: AbortSignal,
  ): Promise<ToolAnswer> {
    if (signal.aborted) return Promise.resolve(denied(NOT_NEEDED));
    const requestId = `request-${crypto.randomUUID()}`;
    const { promise, resolve } = Promise.withResolvers<ToolAnswer>();
    const withdraw = () => {
      runner.withdrawn(requestId, NOT_NEEDED);
      resolve(denied(NOT_NEEDED));
    };
    this.#open.set(requestId, resolve);
    signal.addEventListener('abort', withdraw, { once: true });
    runner.asked({ ...request, requestId });
    return promise.finally(() => {
      signal.removeEventListener('abort', withdraw);
      this.#open.delete(requestId);
    });
  }
}

const NOT_NEEDED = 'The request was withdrawn before anybody answered.';
