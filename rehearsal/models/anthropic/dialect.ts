import { exampleValue } from '../../agent/schema-example.ts';
import { genericToolbox } from '../chat-completions/toolbox.ts';
import { type Dialect, type ModelError, parseBody } from '../dialect.ts';
import { readConversation } from './read.ts';
import { messagesRequest } from './request.ts';
import { claudeToolbox } from './toolbox.ts';
import { completeResponse, frames, framesBeforeEnd, pingFrame } from './write.ts';

/** Anthropic's Messages API. */
export const anthropicDialect: Dialect = {
  read: readConversation,
  // Cerevisor's own loop uses this API, too, with its own tools.
  toolbox: (conversation) =>
    conversation.tools.some(({ name }) => name === 'shell' || name === 'ls')
      ? genericToolbox(conversation)
      : claudeToolbox(conversation),
  frames,
  framesBeforeEnd,
  completeResponse,
  pingFrame,
  errorBody,
  errorFrame: (error) => ({
    kind: 'data',
    event: 'error',
    data: JSON.stringify(errorBody(error)),
  }),
  /** Claude Code requests a title with a schema and without tools. */
  auxiliaryAnswer({ body, header }) {
    const { tools = [], output_config: output } = parseBody(messagesRequest, body);
    const isClaudeCode = header('x-claude-code-session-id') !== undefined;
    const schema = output?.format?.schema;
    if (!isClaudeCode || tools.length > 0 || schema === undefined) return undefined;
    return JSON.stringify(exampleValue(schema));
  },
};

function errorBody({ status, code, message }: ModelError) {
  const type = code !== undefined && types.has(code) ? code : typeOf(status);
  return { type: 'error', error: { type, message }, request_id: null };
}

const typesOfStatus: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};
const types = new Set(Object.values(typesOfStatus));

const typeOf = (status: number): string =>
  typesOfStatus[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
