import type { HandoffReading, HandoffWish } from './read.ts';

/** What the process that checks hand-offs is asked, one question at a time. Schemas travel as JSON text. */
export type Question =
  | {
      readonly kind: 'read';
      readonly format: HandoffWish['handoffFormat'];
      readonly schema: string | undefined;
      readonly message: string;
    }
  | { readonly kind: 'compile'; readonly schema: string };

export type FromProcess =
  | { readonly kind: 'ready' }
  /** To `compile`: what is wrong with the schema; null when it can be used. */
  | { readonly kind: 'answer'; readonly answer: HandoffReading | string | null }
  /** A bug of ours. */
  | { readonly kind: 'error'; readonly message: string };
