import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  type ConversationStateStructure,
  ConversationStateStructureSchema,
  ConversationStepSchema,
  ConversationTurnStructureSchema,
  type RehearsalProgress,
  RehearsalProgressSchema,
  type UserMessage,
  UserMessageSchema,
} from '../proto/conversation_pb.ts';
import type { Client } from '../stream/client.ts';

const contextTokens = 200_000;

/** Progress of a turn in its plan, stored in a checkpoint. */
export type Progress = Pick<RehearsalProgress, 'finishedSteps' | 'outputTokens' | 'calls'>;

export type NewStep = NonNullable<MessageInitShape<typeof ConversationStepSchema>['message']>;

/** A turn that the client has stored. */
export type PastTurn = { readonly userMessage: UserMessage; readonly steps: readonly Uint8Array[] };

/**
 * The conversation as the client stores it: each turn is a blob that refers to other blobs, and a checkpoint lists all
 * turns.
 */
export class History {
  readonly #client: Client;
  readonly #state: ConversationStateStructure;
  readonly #earlier: readonly Uint8Array[];
  readonly #runId: string;
  readonly #userMessageId: Uint8Array;
  readonly #steps: Uint8Array[];

  private constructor(settings: {
    readonly client: Client;
    readonly state: ConversationStateStructure;
    readonly earlier: readonly Uint8Array[];
    readonly runId: string;
    readonly userMessageId: Uint8Array;
    readonly steps: readonly Uint8Array[];
  }) {
    this.#client = settings.client;
    this.#state = settings.state;
    this.#earlier = settings.earlier;
    this.#runId = settings.runId;
    this.#userMessageId = settings.userMessageId;
    this.#steps = [...settings.steps];
  }

  /** Starts a turn after those of the state. */
  static async begin(
    client: Client,
    state: ConversationStateStructure | undefined,
    runId: string,
    userMessage: UserMessage,
  ): Promise<History> {
    const known = state ?? create(ConversationStateStructureSchema);
    const userMessageId = await client.setBlob(toBinary(UserMessageSchema, userMessage));
    const earlier = known.turns;
    return new History({ client, state: known, earlier, runId, userMessageId, steps: [] });
  }

  /** Resumes the last turn of the state. */
  static async resume(
    client: Client,
    state: ConversationStateStructure,
    runId: string,
    turn: PastTurn,
  ): Promise<History> {
    const userMessageId = await client.setBlob(toBinary(UserMessageSchema, turn.userMessage));
    const earlier = state.turns.slice(0, -1);
    return new History({ client, state, earlier, runId, userMessageId, steps: turn.steps });
  }

  /** Number of turns before this one. */
  get earlierTurns(): number {
    return this.#earlier.length;
  }

  async add(message: NewStep): Promise<void> {
    const step = create(ConversationStepSchema, { message });
    this.#steps.push(await this.#client.setBlob(toBinary(ConversationStepSchema, step)));
  }

  /** Sends the client a checkpoint: the earlier turns, and this one so far. */
  async checkpoint(tokens: { readonly used: number }, progress?: Progress): Promise<void> {
    const turn = create(ConversationTurnStructureSchema, {
      turn: {
        case: 'agentConversationTurn',
        value: { userMessage: this.#userMessageId, steps: this.#steps, requestId: this.#runId },
      },
    });
    const turnId = await this.#client.setBlob(toBinary(ConversationTurnStructureSchema, turn));
    const state: ConversationStateStructure = {
      ...this.#state,
      turns: [...this.#earlier, turnId],
    };
    state.tokenDetails = create(ConversationStateStructureSchema, {
      tokenDetails: { usedTokens: tokens.used, maxTokens: contextTokens },
    }).tokenDetails;
    if (progress === undefined) delete state.rehearsalProgress;
    else {
      state.rehearsalProgress = create(RehearsalProgressSchema, {
        ...progress,
        runId: this.#runId,
      });
    }
    await this.#client.send({ case: 'conversationCheckpointUpdate', value: state });
  }
}

/** Progress of the turn in this checkpoint; `undefined` if the checkpoint is of another turn or of a completed one. */
export function progressOf(
  state: ConversationStateStructure | undefined,
  runId: string,
): RehearsalProgress | undefined {
  const progress = state?.rehearsalProgress;
  return progress?.runId === runId ? progress : undefined;
}

/** The latest turn that the client has, or `undefined` if there is none or its blobs are missing. */
export async function lastTurnOf(
  client: Client,
  state: ConversationStateStructure | undefined,
): Promise<PastTurn | undefined> {
  const turnId = state?.turns.at(-1);
  if (turnId === undefined) return undefined;
  const turnBytes = await client.getBlob(turnId);
  if (turnBytes === undefined) return undefined;
  const { turn } = fromBinary(ConversationTurnStructureSchema, turnBytes);
  if (turn.case === undefined) return undefined;
  const messageBytes = await client.getBlob(turn.value.userMessage);
  if (messageBytes === undefined) return undefined;
  return { userMessage: fromBinary(UserMessageSchema, messageBytes), steps: turn.value.steps };
}
