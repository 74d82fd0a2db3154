import type { TurnSink } from '../adapter.ts';
import type { AppServer } from './app-server.ts';
import type { TurnTranscript } from './turn-transcript.ts';
import type { TokenCount } from './usage.ts';

/** The context of one turn of Codex. */
export type CodexTurnContext = {
  readonly server: AppServer;
  readonly codexThreadId: string;
  readonly cwd: string;
  readonly transcript: TurnTranscript;
  readonly tokens: TokenCount;
  readonly sink: TurnSink;
  /** Plan mode: nothing may be written, regardless of permissions. */
  readonly isPlanning: boolean;
};
