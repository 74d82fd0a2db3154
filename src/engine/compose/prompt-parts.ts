import type { Condition } from '../../session/conditions.ts';
import type { Connection } from '../../workflow/schema.ts';

export type HandoffSpec = Pick<Connection, 'handoffFormat' | 'handoffSchema' | 'dataDescription'>;
export type PromptCondition = Pick<Condition, 'connectionId' | 'text' | 'kind'>;

/** A further round of a loop. */
export type Round = {
  readonly number: number;
  readonly maxRounds: number;
  /** The reason of the decision to continue the loop. */
  readonly reason: string | null;
  readonly exitCondition: string | null;
  /** The agent's own prompt for further rounds. */
  readonly template: string | null;
};
