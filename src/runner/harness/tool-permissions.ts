import { ruleFromAnswer } from '../../permissions/answer-rule.ts';
import { evaluatePolicy } from '../../permissions/decide.ts';
import type { PermissionPolicy, ToolAnswer, ToolRequest } from '../../permissions/tool-request.ts';
import type { NewToolRequest } from './adapter.ts';

export type ToolPermissionsOptions = {
  readonly folder: string;
  /** If undefined, every call is allowed. */
  readonly policy: PermissionPolicy | undefined;
};

/** Send the requests of a turn to the runner. */
export type RequestHandlers = {
  readonly onRequest: (request: ToolRequest) => void;
  readonly onWithdrawn: (requestId: string, reason: string) => void;
};

const ALLOWED: ToolAnswer = { decision: 'allow', scope: 'once' };
const denied = (note: string): ToolAnswer => ({ decision: 'deny', scope: 'once', note });

/** Decides on the tool calls of a thread: by its policy and earlier answers, or else by asking a person. */
export class ToolPermissions {
  readonly #folder: string;
  #policy: PermissionPolicy | undefined;
  readonly #open = new Map<string, (answer: ToolAnswer) => void>();

  constructor({ folder, policy }: ToolPermissionsOptions) {
    this.#folder = folder;
    this.#policy = policy;
  }

  /** Never rejects. */
  async ask(
    call: NewToolRequest,
    handlers: RequestHandlers,
    signals: readonly AbortSignal[],
  ): Promise<ToolAnswer> {
    const request = { folder: this.#folder, ...call };
    if (this.#policy === undefined) return ALLOWED;
    const { decision, reason } = evaluatePolicy(this.#policy, request);
    if (decision === 'allow') return ALLOWED;
    if (decision === 'deny') return denied(`This is not permitted. ${reason}`);
    const answer = await this.#waitForAnswer(request, handlers, AbortSignal.any([...signals]));
    const rule = ruleFromAnswer(request, answer);
    if (rule !== null) this.#policy = { ...this.#policy, rules: [...this.#policy.rules, rule] };
    if (answer.decision === 'allow' || answer.note !== undefined) return answer;
    return { ...answer, note: 'The user denied this.' };
  }

  /** Passes the answer to the tool call that waits for it. */
  answer(requestId: string, answer: ToolAnswer): void {
    this.#open.get(requestId)?.(answer);
  }

  #waitForAnswer(
    request: Omit<ToolRequest, 'requestId'>,
    handlers: RequestHandlers,
    signal: AbortSignal,
  ): Promise<ToolAnswer> {
    if (signal.aborted) return Promise.resolve(denied(WITHDRAWN));
    const requestId = `request-${crypto.randomUUID()}`;
    const { promise, resolve } = Promise.withResolvers<ToolAnswer>();
    const withdraw = () => {
      handlers.onWithdrawn(requestId, WITHDRAWN);
      resolve(denied(WITHDRAWN));
    };
    this.#open.set(requestId, resolve);
    signal.addEventListener('abort', withdraw, { once: true });
    handlers.onRequest({ ...request, requestId });
    return promise.finally(() => {
      signal.removeEventListener('abort', withdraw);
      this.#open.delete(requestId);
    });
  }
}

const WITHDRAWN = 'The request was withdrawn before anybody answered.';
