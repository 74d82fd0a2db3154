import type { Brand } from '../workflow/ids.ts';

/** `s_` and 32 hex digits. People see and type the first 8 characters after `s_`, or any unique prefix. */
export type SessionId = Brand<string, 'SessionId'>;

/** A thread's id: `bc-<uuid>` for an agent on Cursor's cloud. We create it before the first network call, if the runtime allows that. */
export type ThreadId = Brand<string, 'ThreadId'>;

/**
 * A turn's id. Cursor creates those of its cloud (`run-<uuid>`). Those of turns on this machine begin with `turn-`, which
 * Cursor never uses.
 */
export type TurnId = Brand<string, 'TurnId'>;

/** A follow-up's id: `f_` and 32 hex digits. It connects the stored intent with its delivery. */
export type FollowUpId = Brand<string, 'FollowUpId'>;

/** Whether a turn runs on Cursor's cloud, where it is a Cursor run. */
export const isCursorRun = (id: string): boolean => !id.startsWith('turn-');
