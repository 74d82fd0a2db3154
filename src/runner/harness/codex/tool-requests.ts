import { z } from 'zod';
import type { ToolAnswer } from '../../../permissions/tool-request.ts';
import type { AppRequest } from './app-server.ts';
import { type Approval, approvalOf } from './approvals.ts';
import type { RpcId } from './json-rpc.ts';
import type { ToolRequestUserInputResponse, TurnSteerParams } from './protocol.generated.ts';
import type { CodexTurnContext } from './turn-context.ts';
import { type CodexItem, elicitation, userQuestions } from './wire.ts';

/** Start of the message with the note to a denied call. */
const DENIAL_NOTE_PREFIX = 'About the call that was denied';

const DENIED_IN_PLAN_MODE: ToolAnswer = {
  decision: 'deny',
  scope: 'once',
  note: 'This turn is only for a plan: no files may be changed.',
};

/** The requests of one turn: for permission, and others. */
export class ToolRequests {
  readonly #context: CodexTurnContext;
  readonly #turnId: () => string | null;
  readonly #open = new Map<RpcId, AbortController>();
  readonly #items = new Map<string, CodexItem>();

  constructor(context: CodexTurnContext, turnId: () => string | null) {
    this.#context = context;
    this.#turnId = turnId;
  }

  /** A request about a patch refers to the id of its item. */
  addItem(item: CodexItem): void {
    if (item.type === 'fileChange') this.#items.set(item.id, item);
  }

  /** Resolves once the request was answered or withdrawn. */
  async handle(request: AppRequest): Promise<void> {
    const { transcript, cwd } = this.#context;
    const approval = approvalOf(request.method, request.params, {
      raw: (itemId) => this.#items.get(itemId),
      calls: () => transcript.openCalls(),
      folder: cwd,
    });
    if (approval === null) this.#handleOther(request);
    else await this.#decide(request.id, approval);
  }

  /** Codex does not wait for the answer anymore. */
  withdraw(id: RpcId): void {
    this.#open.get(id)?.abort();
    this.#open.delete(id);
  }

  withdrawAll(): void {
    for (const id of [...this.#open.keys()]) this.withdraw(id);
  }

  async #decide(id: RpcId, approval: Approval): Promise<void> {
    const abort = new AbortController();
    this.#open.set(id, abort);
    const denial = await this.#denialOf(approval, abort.signal);
    if (abort.signal.aborted) return;
    this.#open.delete(id);
    // Sent before the answer, so that the model reads it together with the result of the call.
    if (denial?.note !== undefined) await this.#sendNote(approval.title, denial.note);
    this.#context.server.respond(id, approval.answer(denial === null));
  }

  /** One denial denies the whole call. */
  async #denialOf(approval: Approval, signal: AbortSignal): Promise<ToolAnswer | null> {
    for (const request of approval.requests) {
      if (this.#context.isPlanning && request.category === 'filesystem-write')
        return DENIED_IN_PLAN_MODE;
      const answer = await this.#context.sink.ask(request, signal);
      if (answer.decision === 'deny') return answer;
    }
    return null;
  }

  /** Codex tells the model only that a call was rejected; the note is sent as a message within the turn. */
  async #sendNote(title: string, note: string): Promise<void> {
    const { server, codexThreadId } = this.#context;
    const params: TurnSteerParams = {
      threadId: codexThreadId,
      expectedTurnId: this.#turnId() ?? '',
      input: [
        { type: 'text', text: `${DENIAL_NOTE_PREFIX} (${title}): ${note}`, text_elements: [] },
      ],
    };
    // The turn may just have ended; the denial does not depend on the note.
    await server.request('turn/steer', params, z.unknown()).catch(() => undefined);
  }

  #handleOther({ id, method, params }: AppRequest): void {
    const { server, transcript } = this.#context;
    switch (method) {
      case 'mcpServer/elicitation/request': {
        const { serverName, message, url } = elicitation.parse(params);
        const question = [message, url].filter((part) => part !== undefined).join(' ');
        transcript.addNotice(
          'warning',
          `The MCP server "${serverName}" asked for something that only a person can provide, and got no answer: ${question}`,
        );
        server.respond(id, { action: 'decline', content: null, _meta: null });
        return;
      }
      case 'item/tool/requestUserInput': {
        const { questions } = userQuestions.parse(params);
        const question = questions.map(({ question }) => question).join(' ');
        transcript.addNotice(
          'warning',
          `The agent asked a question, but nobody was available to answer it: ${question}`,
        );
        server.respond(id, { answers: {} } satisfies ToolRequestUserInputResponse);
        return;
      }
      case 'item/permissions/requestApproval':
        // Grants nothing beyond the permissions of single calls.
        server.respond(id, { permissions: {}, scope: 'turn' });
        return;
      default:
        server.reject(id, 'Cerevisor does not answer this request.');
    }
  }
}
