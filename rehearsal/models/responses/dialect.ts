import type { Dialect } from '../dialect.ts';
import { readConversation } from './read.ts';
import { codexToolbox } from './toolbox.ts';
import { errorFrame, errorOf, frames, pingFrame, startFrames, whole } from './write.ts';

/** OpenAI's Responses API, as Codex uses it. */
export const responsesDialect: Dialect = {
  read: readConversation,
  toolbox: codexToolbox,
  frames,
  startFrames,
  whole,
  pingFrame,
  errorBody: (error) => ({ error: errorOf(error) }),
  errorFrame,
};
