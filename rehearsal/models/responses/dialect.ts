import type { Dialect } from '../dialect.ts';
import { readConversation } from './read.ts';
import { codexToolbox } from './toolbox.ts';
import {
  completeResponse,
  errorFrame,
  errorOf,
  frames,
  framesBeforeEnd,
  pingFrame,
} from './write.ts';

/** OpenAI's Responses API, as Codex uses it. */
export const responsesDialect: Dialect = {
  read: readConversation,
  toolbox: codexToolbox,
  frames,
  framesBeforeEnd,
  completeResponse,
  pingFrame,
  errorBody: (error) => ({ error: errorOf(error) }),
  errorFrame,
};
