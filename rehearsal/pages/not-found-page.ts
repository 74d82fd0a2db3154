import { html, page } from './html.ts';

export function notFoundPage(message: string): Response {
  const response = page('Not found', html`<h1>Not found</h1><p>${message}</p>`);
  return new Response(response.body, { status: 404, headers: response.headers });
}
