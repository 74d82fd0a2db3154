import type { RecordedCalls } from '../../agent/interruption.ts';
import type { ParsedPrompt } from '../../agent/prompt.ts';
import type { Clock } from '../../clock.ts';
import type { RequestContext } from '../proto/conversation_pb.ts';
import type { Client } from '../stream/client.ts';
import type { ToolPermissions } from './tool-permissions.ts';
import type { TurnStreamWriter } from './turn-stream-writer.ts';

/** Everything that a step needs while a turn is carried out. */
export type TurnContext = {
  readonly agentId: string;
  readonly runId: string;
  readonly title: string;
  readonly mode: 'agent' | 'plan';
  readonly parsedPrompt: ParsedPrompt;
  readonly attempt: number;
  /** Number of the turn in its conversation, from 1. */
  readonly turnNumber: number;
  readonly client: Client;
  readonly writer: TurnStreamWriter;
  readonly clock: Clock;
  /** What the client said of the place; its first workspace path is the working folder. */
  readonly context: RequestContext;
  readonly folder: string;
  readonly permissions: ToolPermissions;
  readonly modelId: string;
  /** Calls that an interrupted turn made before this one. */
  readonly recorded: RecordedCalls | undefined;
  /** Files that this turn wrote, for its report. */
  readonly written: Set<string>;
};
