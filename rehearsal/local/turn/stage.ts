import type { RecordedCalls } from '../../agent/interruption.ts';
import type { PromptReading } from '../../agent/prompt.ts';
import type { Clock } from '../../clock.ts';
import type { RequestContext } from '../proto/conversation_pb.ts';
import type { Client } from '../stream/client.ts';
import type { LocalNarrator } from './narrator.ts';
import type { ToolPermits } from './tool-permits.ts';

/** Everything that a step needs while a turn is carried out. */
export type LocalStage = {
  readonly agentId: string;
  readonly runId: string;
  readonly title: string;
  readonly mode: 'agent' | 'plan';
  readonly reading: PromptReading;
  readonly attempt: number;
  /** Number of the turn in its conversation, from 1. */
  readonly turnNumber: number;
  readonly client: Client;
  readonly narrator: LocalNarrator;
  readonly clock: Clock;
  /** What the client said of the place; its first workspace path is the working folder. */
  readonly context: RequestContext;
  readonly folder: string;
  readonly permits: ToolPermits;
  readonly modelId: string;
  /** Calls that an interrupted turn made before this one. */
  readonly recorded: RecordedCalls | undefined;
  /** Files that this turn wrote, for its report. */
  readonly written: Set<string>;
};
