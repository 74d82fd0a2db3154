import type { Brand } from '../workflow/ids.ts';

/** `s_` and 32 hex digits. People see and type the first 8 characters after `s_`, or any unique prefix. */
export type SessionId = Brand<string, 'SessionId'>;

/** Cursor's own agent id, `bc-<uuid>`. Minted by us before the first network call. */
export type CursorAgentId = Brand<string, 'CursorAgentId'>;

/** Cursor's own run id, `run-<uuid>`. Minted by Cursor. */
export type CursorRunId = Brand<string, 'CursorRunId'>;

/** A follow-up prompt's own id (`f_` and 32 hex digits), so that its intent is told apart from its delivery. */
export type FollowUpId = Brand<string, 'FollowUpId'>;
