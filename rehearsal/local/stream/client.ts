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

/** What came of one request to the client: every answer in order, and the error when it could not handle it. */
export type ClientResult = { readonly answers: readonly ClientAnswer[]; readonly thrown?: string };

type Execution = {
  readonly answers: ClientAnswer[];
  readonly onAnswer: ((answer: ClientAnswer) => Promise<void>) | undefined;
  readonly settled: PromiseWithResolvers<ClientResult>;
  thrown?: string;
};

/**
 * The client as the server's hands: it acts in the working folder, keeps blobs and answers questions. Whatever waits
 * for it is given up when the stream is gone.
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

  /** Handles everything that the client sends but its first message. */
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
        // Sending fails only when the stream is gone, which ends the turn too.
        void this.#sendInjectionState(action.value.injectionId, 'queued').catch(() => undefined);
        break;
      }
      default: // A heartbeat, or what this version of the rehearsal cloud does not know.
    }
  }

  /** Messages that a person sent into the running turn since the last call; they are told that they were read. */
  async takeInjections(): Promise<readonly string[]> {
    const taken = this.#injections.splice(0);
    for (const { injectionId } of taken) await this.#sendInjectionState(injectionId, 'delivered');
    return taken.map(({ userContext }) => userContext?.userMessage?.text ?? '');
  }

  /** Tells that what a person added since then comes too late for this turn. */
  async deferInjections(): Promise<void> {
    for (const { injectionId } of this.#injections.splice(0)) {
      await this.#sendInjectionState(injectionId, 'queuedForNextTurn');
    }
  }

  send(message: ServerMessage): Promise<void> {
    return this.#stream.send(message);
  }

  /** Has the client do something; settles when it says that nothing more will come. */
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

  /** A blob that the client keeps; `undefined` when it does not know it. */
  async getBlob(blobId: Uint8Array): Promise<Uint8Array | undefined> {
    return this.#keyValue({ case: 'getBlobArgs', value: { blobId } });
  }

  /** Gives the client a blob to keep; its id is the SHA-256 of its bytes. */
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
    // Given up while the message is still being sent: the sending tells of it.
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
