import { expect, test } from 'vitest';
import { withoutSecrets } from './redaction.ts';

test('takes out what MCP servers are given, and leaves where agents run', () => {
  const clean = withoutSecrets({
    settings: {
      mcpServers: [
        {
          name: 'tickets',
          url: 'https://tickets.example',
          headers: { Authorization: 'Bearer abc' },
          env: { TOKEN: 'abc' },
          auth: { CLIENT_ID: 'me', CLIENT_SECRET: 'abc' },
        },
      ],
      cloud: { env: { type: 'pool', name: 'gpu' } },
    },
  });
  expect(JSON.stringify(clean)).not.toContain('abc');
  expect(clean).toMatchObject({
    settings: {
      mcpServers: [{ name: 'tickets', url: 'https://tickets.example', auth: { CLIENT_ID: 'me' } }],
      cloud: { env: { type: 'pool', name: 'gpu' } },
    },
  });
});

test('leaves numbers of tokens alone', () => {
  expect(withoutSecrets({ inputTokens: 3, token: 'secret' })).toEqual({
    inputTokens: 3,
    token: '[redacted]',
  });
});

test('takes secrets out of MCP servers by name, of their addresses and of their arguments', () => {
  const clean = withoutSecrets({
    mcpServers: {
      tickets: {
        url: 'https://tickets.example/mcp?key=abc',
        env: { PIN: 'abc' },
        args: ['-y', 'tickets', '--api-key', 'abc', '--token=abc', '--port=80'],
      },
    },
  });
  expect(clean).toEqual({
    mcpServers: {
      tickets: {
        url: 'https://tickets.example/mcp?[redacted]',
        env: { PIN: '[redacted]' },
        args: ['-y', 'tickets', '--api-key', '[redacted]', '--token=[redacted]', '--port=80'],
      },
    },
  });
});
