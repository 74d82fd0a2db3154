import type { Dialect, ModelError } from '../dialect.ts';
import { readConversation } from './read.ts';
import { genericToolbox } from './toolbox.ts';
import { completeResponse, frames, framesBeforeEnd } from './write.ts';

/** OpenAI's Chat Completions API, which most other servers support, too. */
export const chatCompletionsDialect: Dialect = {
  read: readConversation,
  toolbox: genericToolbox,
  frames,
  framesBeforeEnd,
  completeResponse,
  // OpenAI's servers send a chunk without a choice, not an SSE comment.
  pingFrame: {
    kind: 'data',
    data: JSON.stringify({ object: 'chat.completion.chunk', choices: [] }),
  },
  errorBody,
  errorFrame: (error) => ({ kind: 'data', data: JSON.stringify(errorBody(error)) }),
};

const TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'insufficient_quota',
  403: 'permission_error',
  404: 'invalid_request_error',
  429: 'rate_limit_error',
};

function errorBody({ status, code, message }: ModelError) {
  const type = TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'server_error');
  return { error: { message, type, param: null, code: code ?? null } };
}
