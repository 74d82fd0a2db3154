import type { TurnSink } from '../adapter.ts';
import type { AppServer } from './app-server.ts';
import type { TurnTranscript } from './turn-transcript.ts';
import type { TokenCount } from './usage.ts';

/** What one turn of Codex works with. */
export type CodexTurnParts = {
  readonly server: AppServer;
  readonly codexThreadId: string;
  readonly cwd: string;
  readonly transcript: TurnTranscript;
  readonly tokens: TokenCount;
  readonly sink: TurnSink;
  /** Nothing may be written, whatever is allowed otherwise. */
  readonly isPlanning: boolean;
};
