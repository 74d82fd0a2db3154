import { createHash } from 'node:crypto';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { InjectContextAction } from '../proto/conversation_pb.ts';
import type {
  AgentClientMessage,
  AskQuestionInteractionResponse,
  ExecClientMessage,
  ExecServerMessageSchema,
} from '../proto/stream_pb.ts';
import type { AskQuestionArgs } from '../proto/tools_pb.ts';
import type { OutgoingStream } from './outgoing-stream.ts';
import type { ServerMessage } from './server-message.ts';

export type ClientRequest = NonNullable<
  MessageInitShape<typeof ExecServerMessageSchema>['message']
>;
export type ClientAnswer = NonNullable<ExecClientMessage['message']>;

/** The result of a request to the client: its answers in order, and an error if it could not handle the request. */
export type ClientResult = { readonly answers: readonly ClientAnswer[]; readonly thrown?: string };

type Execution = {
  readonly answers: ClientAnswer[];
  readonly onAnswer: ((answer: ClientAnswer) => Promise<void>) | undefined;
  readonly settled: PromiseWithResolvers<ClientResult>;
  thrown?: string;
};

/**
 * Sends requests to the client, which runs tools in the working folder, stores blobs and answers questions. Pending
 * requests are rejected when the stream closes.
 */
export class Client {
  readonly #stream: OutgoingStream;
  readonly #executions = new Map<number, Execution>();
  readonly #blobs = new Map<number, PromiseWithResolvers<Uint8Array | undefined>>();
  readonly #questions = new Map<number, PromiseWithResolvers<AskQuestionInteractionResponse>>();
  readonly #injections: InjectContextAction[] = [];
  #lastId = 0;

  constructor(stream: OutgoingStream) {
    this.#stream = stream;
    stream.signal.addEventListener('abort', () => this.#rejectPending(stream.signal.reason));
  }

  /** Handles all messages from the client except the first one. */
  receive({ message }: AgentClientMessage): void {
    switch (message.case) {
      case 'execClientMessage':
        this.#handleAnswer(message.value);
        break;
      case 'execClientControlMessage':
        this.#handleControl(message.value.message);
        break;
      case 'kvClientMessage': {
        const { id, message: result } = message.value;
        const data = result.case === 'getBlobResult' ? result.value.blobData : undefined;
        this.#blobs.get(id)?.resolve(data);
        this.#blobs.delete(id);
        break;
      }
      case 'interactionResponse': {
        const { id, result } = message.value;
        if (result.case === undefined) break;
        this.#questions.get(id)?.resolve(result.value);
        this.#questions.delete(id);
        break;
      }
      case 'conversationAction': {
        const { action } = message.value;
        if (action.case !== 'injectContextAction') break;
        this.#injections.push(action.value);
        // Sending fails only if the stream is closed, which also ends the turn.
        void this.#sendInjectionState(action.value.injectionId, 'queued').catch(() => undefined);
        break;
      }
      default: // A heartbeat, or a message that the rehearsal cloud does not support.
    }
  }

  /** Returns the messages that the user sent into the running turn since the last call, and acknowledges them. */
  async takeInjections(): Promise<readonly string[]> {
    const taken = this.#injections.splice(0);
    for (const { injectionId } of taken) await this.#sendInjectionState(injectionId, 'delivered');
    return taken.map(({ userContext }) => userContext?.userMessage?.text ?? '');
  }

  /** Reports that the remaining messages of the user are too late for this turn. */
  async deferInjections(): Promise<void> {
    for (const { injectionId } of this.#injections.splice(0)) {
      await this.#sendInjectionState(injectionId, 'queuedForNextTurn');
    }
  }

  send(message: ServerMessage): Promise<void> {
    return this.#stream.send(message);
  }

  /** Sends a request to the client. Resolves when the client reports that no more answers will follow. */
  async request(message: ClientRequest, onAnswer?: Execution['onAnswer']): Promise<ClientResult> {
    const id = this.#nextId();
    const settled = Promise.withResolvers<ClientResult>();
    this.#executions.set(id, { answers: [], onAnswer, settled });
    const value = { id, execId: `exec-${id}`, message };
    return this.#sendAndWait({ case: 'execServerMessage', value }, settled.promise);
  }

  async ask(args: AskQuestionArgs, toolCallId: string): Promise<AskQuestionInteractionResponse> {
    const id = this.#nextId();
    const settled = Promise.withResolvers<AskQuestionInteractionResponse>();
    this.#questions.set(id, settled);
    const query = { case: 'askQuestionInteractionQuery' as const, value: { args, toolCallId } };
    return this.#sendAndWait({ case: 'interactionQuery', value: { id, query } }, settled.promise);
  }

  /** Returns a blob that the client stores; `undefined` if it does not have it. */
  async getBlob(blobId: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#keyValue({ case: 'getBlobArgs', value: { blobId } });
  }

  /** Stores a blob at the client and returns its id, the SHA-256 of its bytes. */
  async setBlob(blobData: Uint8Array): Promise<Uint8Array> {
    const blobId = new Uint8Array(createHash('sha256').update(blobData).digest());
    await this.#keyValue({ case: 'setBlobArgs', value: { blobId, blobData } });
    return blobId;
  }

  async #keyValue(
    message: NonNullable<Extract<ServerMessage, { case: 'kvServerMessage' }>['value']['message']>,
  ): Promise<Uint8Array | undefined> {
    const id = this.#nextId();
    const settled = Promise.withResolvers<Uint8Array | undefined>();
    this.#blobs.set(id, settled);
    return this.#sendAndWait({ case: 'kvServerMessage', value: { id, message } }, settled.promise);
  }

  async #sendAndWait<Result>(message: ServerMessage, result: Promise<Result>): Promise<Result> {
    // If it is rejected before the message is sent, the send fails as well and reports it.
    result.catch(() => undefined);
    await this.#stream.send(message);
    return result;
  }

  #handleAnswer({ id, message }: ExecClientMessage): void {
    const execution = this.#executions.get(id);
    if (execution === undefined || message.case === undefined) return;
    execution.answers.push(message);
    void execution.onAnswer?.(message).catch((error) => execution.settled.reject(error));
  }

  #handleControl(
    control: Extract<
      AgentClientMessage['message'],
      { case: 'execClientControlMessage' }
    >['value']['message'],
  ): void {
    if (control.case === undefined || control.case === 'heartbeat') return;
    const execution = this.#executions.get(control.value.id);
    if (execution === undefined) return;
    if (control.case === 'throw') {
      execution.thrown = control.value.error;
      return;
    }
    this.#executions.delete(control.value.id);
    const { answers, thrown, settled } = execution;
    settled.resolve(thrown === undefined ? { answers } : { answers, thrown });
  }

  async #sendInjectionState(
    injectionId: string,
    state: 'queued' | 'delivered' | 'queuedForNextTurn',
  ): Promise<void> {
    const value = { injectionId, state: { state: { case: state, value: {} } } };
    const message = { case: 'contextInjectionState' as const, value };
    await this.#stream.send({ case: 'interactionUpdate', value: { message } });
  }

  #rejectPending(reason: unknown): void {
    for (const { settled } of this.#executions.values()) settled.reject(reason);
    for (const waiting of [this.#blobs, this.#questions]) {
      for (const settled of waiting.values()) settled.reject(reason);
    }
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}
