import type { RecordedCalls } from '../../agent/interruption.ts';
import type { ParsedPrompt } from '../../agent/prompt.ts';
import type { Clock } from '../../clock.ts';
import type { RequestContext } from '../proto/conversation_pb.ts';
import type { Client } from '../stream/client.ts';
import type { ToolPermissions } from './tool-permissions.ts';
import type { TurnStreamWriter } from './turn-stream-writer.ts';

/** Everything that the steps of a turn need. */
export type TurnContext = {
  readonly agentId: string;
  readonly runId: string;
  readonly title: string;
  readonly mode: 'agent' | 'plan';
  readonly parsedPrompt: ParsedPrompt;
  readonly attempt: number;
  /** Number of the turn in its conversation, counted from 1. */
  readonly turnNumber: number;
  readonly client: Client;
  readonly writer: TurnStreamWriter;
  readonly clock: Clock;
  /** The client's environment; its first workspace path is the working folder. */
  readonly requestContext: RequestContext;
  readonly folder: string;
  readonly permissions: ToolPermissions;
  readonly modelId: string;
  /** Calls of the interrupted turn that this one continues. */
  readonly recorded: RecordedCalls | undefined;
  /** Files that this turn wrote, for its final message. */
  readonly written: Set<string>;
};
