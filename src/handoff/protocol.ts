import type { ExpressionResult } from '../workflow/expression.ts';
import type { DecisionReading } from './decisions.ts';
import type { HandoffReading, HandoffSpec } from './read.ts';

/** A request to the process that checks hand-offs, which handles one at a time. Schemas are sent as JSON text. */
export type CheckRequest =
  | {
      readonly kind: 'read';
      readonly format: HandoffSpec['handoffFormat'];
      readonly schema: string | undefined;
      readonly message: string;
    }
  | { readonly kind: 'compile'; readonly schema: string }
  | {
      readonly kind: 'evaluate';
      readonly expression: string;
      /** As JSON text. */
      readonly handoff: string;
      readonly round: number;
    }
  | {
      readonly kind: 'decisions';
      readonly message: string;
      readonly connectionIds: readonly string[];
    };

/** The result of `compile` is what is wrong with the schema; null if it can be used. */
export type CheckResult = HandoffReading | DecisionReading | ExpressionResult | string | null;

export type ProcessMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly result: CheckResult }
  /** A bug in the check itself. */
  | { readonly kind: 'error'; readonly message: string };
