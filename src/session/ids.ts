import type { Brand } from '../workflow/ids.ts';

/** `s_` and 32 hex digits. People see and type the first 8 characters after `s_`, or any unique prefix. */
export type SessionId = Brand<string, 'SessionId'>;

/** A thread's id: `bc-<uuid>` for an agent on Cursor's cloud. Minted by us before the first network call, if the runtime lets us. */
export type ThreadId = Brand<string, 'ThreadId'>;

/**
 * A turn's id. Cursor mints those of its cloud (`run-<uuid>`), and never one that begins with `turn-`: so begin those of
 * the turns that run on this machine.
 */
export type TurnId = Brand<string, 'TurnId'>;

/** A follow-up prompt's own id (`f_` and 32 hex digits), so that its intent is told apart from its delivery. */
export type FollowUpId = Brand<string, 'FollowUpId'>;

/** Whether a turn runs on Cursor's cloud, where it is a Cursor run. */
export const isCursorRun = (id: string): boolean => !id.startsWith('turn-');
