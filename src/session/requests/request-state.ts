import type { ToolRequest } from '../../permissions/tool-request.ts';
import type { SessionEventOf } from '../events.ts';
import type { TurnId } from '../ids.ts';

/** The requests of the turn that is in progress; gone with its end. */
export type ToolRequests = {
  readonly open: readonly OpenToolRequest[];
  /** Told again by a reading that begins at an older place, they are known. */
  readonly endedIds: readonly string[];
};

export type OpenToolRequest = {
  readonly turnId: TurnId;
  /** Without what can be large, which stays in its event. */
  readonly request: Omit<ToolRequest, 'args' | 'diff'>;
  readonly askedAt: number;
  /** Null while a person is waited for; afterward it is on its way. */
  readonly answer: ToolRequestAnswer | null;
};

export type ToolRequestAnswer = Pick<
  SessionEventOf<'ToolRequestAnswered'>,
  'decision' | 'scope' | 'note' | 'pattern' | 'by'
>;
