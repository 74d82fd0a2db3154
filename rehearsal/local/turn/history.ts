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

/** Where a turn stands in its plan, for a checkpoint that it can continue from. */
export type Progress = Pick<RehearsalProgress, 'finishedSteps' | 'outputTokens' | 'calls'>;

export type NewStep = NonNullable<MessageInitShape<typeof ConversationStepSchema>['message']>;

/** A turn that the client keeps, as far as it can be read. */
export type PastTurn = { readonly userMessage: UserMessage; readonly steps: readonly Uint8Array[] };

/** The conversation as the client keeps it: turns are blobs of blobs, and a checkpoint names them all. */
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

  /** Begins a turn behind those of the state. */
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

  /** Continues with the last turn of the state. */
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

  /** How many turns there were before this one. */
  get earlierTurns(): number {
    return this.#earlier.length;
  }

  async add(message: NewStep): Promise<void> {
    const step = create(ConversationStepSchema, { message });
    this.#steps.push(await this.#client.setBlob(toBinary(ConversationStepSchema, step)));
  }

  /** Gives the client a checkpoint: what there is of this turn, behind the earlier ones. */
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

/** Where a turn stood that this state was sent for; `undefined` when it is of another turn or was over. */
export function progressOf(
  state: ConversationStateStructure | undefined,
  runId: string,
): RehearsalProgress | undefined {
  const progress = state?.rehearsalProgress;
  return progress?.runId === runId ? progress : undefined;
}

/** The newest turn that the client has, or `undefined` when there is none or its blobs are gone. */
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
