import type { RequestOptions as HttpOptions, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ApiResponse, RequestOptions } from '../../contract/call.ts';

/**
 * Asks a daemon, as `fetch` would. Node's `fetch` costs twice the processor time of everything else that a short
 * command does, and so does importing `node:http`: both load a browser's worth of classes. This is the module itself.
 * @throws as `node:http` does when nobody answers.
 */
export function requestOverHttp(url: string, init: RequestOptions): Promise<ApiResponse> {
  const http = process.getBuiltinModule('node:http');
  const { method = 'GET', headers, body, signal } = init;
  const options: HttpOptions = {
    method,
    headers: {
      ...headers,
      ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
    },
    // One connection for each request: none has to be closed before the command can end.
    agent: false,
    ...(signal === undefined ? {} : { signal }),
  };
  return new Promise((resolve, reject) => {
    const request = http.request(url, options, (message) => resolve(answerFrom(message)));
    request.on('error', reject);
    request.end(body);
  });
}

function answerFrom(message: IncomingMessage): ApiResponse {
  const status = message.statusCode ?? 0;
  return {
    ok: status >= 200 && status < 300,
    status,
    headers: {
      get(name) {
        const value = message.headers[name.toLowerCase()];
        return Array.isArray(value) ? value.join(', ') : (value ?? null);
      },
    },
    body: message,
    text: () => text(message),
  };
}
