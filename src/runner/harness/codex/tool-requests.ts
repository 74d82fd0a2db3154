import { z } from 'zod';
import type { ToolAnswer } from '../../../permissions/tool-request.ts';
import type { AppRequest } from './app-server.ts';
import { type Approval, approvalOf } from './approvals.ts';
import type { RpcId } from './json-rpc.ts';
import type { ToolRequestUserInputResponse, TurnSteerParams } from './protocol.generated.ts';
import type { CodexTurnParts } from './turn-parts.ts';
import { type CodexItem, elicitation, userQuestions } from './wire.ts';

/** How a note to a denied call begins. */
const ABOUT_DENIED = 'About the call that was denied';

const PLANNING: ToolAnswer = {
  decision: 'deny',
  scope: 'once',
  note: 'This turn is only for a plan: no files may be changed.',
};

/** The requests of one turn: what Codex asks before it does something, and whatever else it wants to know. */
export class ToolRequests {
  readonly #parts: CodexTurnParts;
  readonly #turnId: () => string | null;
  readonly #open = new Map<RpcId, AbortController>();
  readonly #items = new Map<string, CodexItem>();

  constructor(parts: CodexTurnParts, turnId: () => string | null) {
    this.#parts = parts;
    this.#turnId = turnId;
  }

  /** A patch is asked about by the name of its item. */
  noteItem(item: CodexItem): void {
    if (item.type === 'fileChange') this.#items.set(item.id, item);
  }

  /** Settles once it is answered, or nobody waits for an answer anymore. */
  async take(request: AppRequest): Promise<void> {
    const { transcript, cwd } = this.#parts;
    const approval = approvalOf(request.method, request.params, {
      raw: (itemId) => this.#items.get(itemId),
      calls: () => transcript.openCalls(),
      folder: cwd,
    });
    if (approval === null) this.#takeOther(request);
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
    // Before the answer: the model then reads it together with the result of the call.
    if (denial?.note !== undefined) await this.#pass(approval.title, denial.note);
    this.#parts.server.respond(id, approval.answer(denial === null));
  }

  /** One thing that is denied denies the whole. */
  async #denialOf(approval: Approval, signal: AbortSignal): Promise<ToolAnswer | null> {
    for (const request of approval.requests) {
      if (this.#parts.isPlanning && request.category === 'filesystem-write') return PLANNING;
      const answer = await this.#parts.sink.ask(request, signal);
      if (answer.decision === 'deny') return answer;
    }
    return null;
  }

  /** Codex tells the model only that a call was rejected; why goes to it as a message within the turn. */
  async #pass(title: string, note: string): Promise<void> {
    const { server, codexThreadId } = this.#parts;
    const params: TurnSteerParams = {
      threadId: codexThreadId,
      expectedTurnId: this.#turnId() ?? '',
      input: [{ type: 'text', text: `${ABOUT_DENIED} (${title}): ${note}`, text_elements: [] }],
    };
    // The turn may end at the moment; the denial itself does not depend on it.
    await server.request('turn/steer', params, z.unknown()).catch(() => undefined);
  }

  #takeOther({ id, method, params }: AppRequest): void {
    const { server, transcript } = this.#parts;
    switch (method) {
      case 'mcpServer/elicitation/request': {
        const { serverName, message, url } = elicitation.parse(params);
        const asked = [message, url].filter((part) => part !== undefined).join(' ');
        transcript.tell(
          'warning',
          `The MCP server "${serverName}" asked for something that only a person can provide, and got no answer: ${asked}`,
        );
        server.respond(id, { action: 'decline', content: null, _meta: null });
        return;
      }
      case 'item/tool/requestUserInput': {
        const { questions } = userQuestions.parse(params);
        const asked = questions.map(({ question }) => question).join(' ');
        transcript.tell(
          'warning',
          `The agent asked a question, but nobody was available to answer it: ${asked}`,
        );
        server.respond(id, { answers: {} } satisfies ToolRequestUserInputResponse);
        return;
      }
      case 'item/permissions/requestApproval':
        // Nothing more than what single calls are asked about.
        server.respond(id, { permissions: {}, scope: 'turn' });
        return;
      default:
        server.refuse(id, 'Cerevisor does not answer this request.');
    }
  }
}
