import type { EffectOf, localStreamKinds } from '../../faults/fault.ts';
import type { Delivery, ServerMessage } from '../stream/server-message.ts';

type LocalEffect = EffectOf<(typeof localStreamKinds)[number]>;

export type Ending = { readonly afterMs: number; readonly how: 'say' | 'close' | 'silence' };

const nothing = new Uint8Array();

/** Applies stream faults to the messages of one turn's stream, and keeps its counters. */
export class LocalStreamFaults {
  readonly #effects: readonly LocalEffect[];
  #messages = 0;
  #bytes = 0;
  #checkpoints = 0;
  #hasRepeated = false;

  constructor(effects: readonly LocalEffect[]) {
    this.#effects = effects;
  }

  get hasHeartbeats(): boolean {
    return !this.#has('no-heartbeat') && !this.#has('silence');
  }

  get hidesUsage(): boolean {
    return this.#has('no-usage');
  }

  /** Whether this text is to be interrupted and repeated. Returns true once. */
  takeRepetition(): boolean {
    const isRepeated = this.#has('repeat-text') && !this.#hasRepeated;
    if (isRepeated) this.#hasRepeated = true;
    return isRepeated;
  }

  /** How the stream is interrupted once the client has the latest checkpoint, if it is. */
  get cutAfterCheckpoint(): 'reset' | 'end' | undefined {
    for (const effect of this.#effects) {
      if (effect.kind === 'cut' && effect.afterCheckpoint === this.#checkpoints) return effect.how;
    }
    return undefined;
  }

  deliver(message: ServerMessage, bytes: Uint8Array): Delivery {
    const isCheckpoint = message.case === 'conversationCheckpointUpdate';
    if (isCheckpoint) this.#checkpoints += 1;
    let delivery: Delivery = { bytes };
    for (const effect of this.#effects) {
      const applied = this.#apply(effect, message, delivery.bytes);
      if (applied === undefined) continue;
      delivery = { ...delivery, ...applied };
      if (applied.interruption !== undefined || applied.error !== undefined) break;
    }
    this.#messages += 1;
    this.#bytes += delivery.bytes.length;
    return delivery;
  }

  ending(): Ending {
    let ending: Ending = { afterMs: 0, how: 'say' };
    for (const effect of this.#effects) {
      if (effect.kind === 'late-end') ending = { ...ending, afterMs: effect.ms };
      if (effect.kind === 'no-end') {
        ending = { ...ending, how: effect.close ? 'close' : 'silence' };
      }
    }
    return ending;
  }

  #apply(
    effect: LocalEffect,
    message: ServerMessage,
    bytes: Uint8Array,
  ): Partial<Delivery> | undefined {
    switch (effect.kind) {
      case 'cut':
        return this.#cut(effect, message, bytes);
      case 'silence':
        return this.#messages >= effect.afterEvents
          ? { bytes: nothing, interruption: 'silence' }
          : undefined;
      case 'garbage':
        return this.#messages === effect.afterEvents
          ? { bytes: Buffer.concat([garbage, bytes]) }
          : undefined;
      case 'turn-error':
        return this.#messages >= effect.afterEvents ? { bytes: nothing, error: effect } : undefined;
      case 'pause':
        return this.#messages === effect.afterEvents ? { waitMs: effect.ms } : undefined;
      case 'no-checkpoint':
        return message.case === 'conversationCheckpointUpdate' ? { bytes: nothing } : undefined;
      case 'no-end':
        return isTurnEnd(message) ? { bytes: nothing } : undefined;
      case 'late-end':
      case 'no-heartbeat':
      case 'no-usage':
      case 'repeat-text':
        return undefined;
      default:
        return effect satisfies never;
    }
  }

  #cut(
    { how, ...condition }: EffectOf<'cut'>,
    message: ServerMessage,
    bytes: Uint8Array,
  ): Partial<Delivery> | undefined {
    const isCheckpoint = message.case === 'conversationCheckpointUpdate';
    if (isCheckpoint && condition.beforeCheckpoint === this.#checkpoints) {
      return { bytes: nothing, interruption: how };
    }
    if (condition.afterEvents !== undefined && this.#messages >= condition.afterEvents) {
      return { bytes: nothing, interruption: how };
    }
    const { afterBytes } = condition;
    if (afterBytes !== undefined && this.#bytes + bytes.length > afterBytes) {
      return { bytes: bytes.subarray(0, afterBytes - this.#bytes), interruption: how };
    }
    return undefined;
  }

  #has(kind: LocalEffect['kind']): boolean {
    return this.#effects.some((effect) => effect.kind === kind);
  }
}

/** A message whose first field has an invalid wire type. */
const garbage = Buffer.from([0, 0, 0, 0, 3, 0x0f, 0xff, 0xff]);

const isTurnEnd = (message: ServerMessage): boolean =>
  message.case === 'interactionUpdate' && message.value.message?.case === 'turnEnded';
