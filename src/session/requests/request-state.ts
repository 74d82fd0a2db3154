import type { ToolRequest } from '../../permissions/tool-request.ts';
import type { SessionEventOf } from '../events.ts';
import type { TurnId } from '../ids.ts';

/** The requests of the current turn; removed when it ends. */
export type ToolRequests = {
  readonly open: readonly OpenToolRequest[];
  /** Ids of ended requests, so that a stream that is read again from an earlier cursor does not reopen them. */
  readonly endedIds: readonly string[];
};

export type OpenToolRequest = {
  readonly turnId: TurnId;
  /** Without fields that can be large, which stay in the event. */
  readonly request: Omit<ToolRequest, 'args' | 'diff'>;
  readonly askedAt: number;
  /** Null until the user answers; afterwards it is being delivered. */
  readonly answer: ToolRequestAnswer | null;
};

export type ToolRequestAnswer = Pick<
  SessionEventOf<'ToolRequestAnswered'>,
  'decision' | 'scope' | 'note' | 'pattern' | 'by'
>;
