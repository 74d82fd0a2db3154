import type { ExpressionResult } from '../workflow/expression.ts';
import type { DecisionReading } from './decisions.ts';
import type { HandoffReading, HandoffWish } from './read.ts';

/** What the process that checks hand-offs is asked, one question at a time. Schemas travel as JSON text. */
export type Question =
  | {
      readonly kind: 'read';
      readonly format: HandoffWish['handoffFormat'];
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
  | { readonly kind: 'decisions'; readonly message: string; readonly wanted: readonly string[] };

/** To `compile`: what is wrong with the schema; null when it can be used. */
export type Answer = HandoffReading | DecisionReading | ExpressionResult | string | null;

export type FromProcess =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** A bug of ours. */
  | { readonly kind: 'error'; readonly message: string };
