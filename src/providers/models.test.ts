import { createServer, type RequestListener } from 'node:http';
import { expect, test } from 'vitest';
import { closeServer } from '../lib/close-server.ts';
import { listModels } from './models.ts';
import { builtinEntry } from './type-details.ts';

/** What is known of the models of a server that answers so, whose address ends like this. */
async function modelsOf(path: string, listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  const base = `http://127.0.0.1:${address.port}`;
  try {
    const entry = { ...builtinEntry('openai-compatible'), name: 'Ollama' };
    const answer = await listModels(entry, { apiKey: 'k', baseUrl: `${base}${path}` }, {});
    return JSON.parse(JSON.stringify(answer).replaceAll(base, 'http://host'));
  } finally {
    await closeServer(server);
  }
}

const onlyBelowVersion: RequestListener = ({ url }, response) => {
  if (url === '/v1/models') response.end('{"data":[{"id":"qwen3"}]}');
  else response.writeHead(404).end('404 page not found');
};

test('an address without /v1 where nothing is found gets a hint', async () => {
  expect(await modelsOf('/v1', onlyBelowVersion)).toEqual({
    ok: true,
    value: [{ id: 'qwen3', displayName: 'qwen3' }],
  });
  expect(await modelsOf('/', onlyBelowVersion)).toMatchObject({
    error: {
      code: 'feature_unavailable',
      message:
        'Ollama does not offer a list of models at its address. Most servers need /v1 at the end of their address: http://host/v1.',
    },
  });
});

test('so does one where a web page answers', async () => {
  const page: RequestListener = (_, response) => response.end('<html>Open WebUI</html>');
  expect(await modelsOf('', page)).toMatchObject({
    error: { code: 'protocol', suggestion: expect.stringContaining('http://host/v1') },
  });
  expect((await modelsOf('/v1', page)).error.suggestion).toBeUndefined();
});
