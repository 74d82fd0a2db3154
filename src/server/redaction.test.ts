import { expect, test } from 'vitest';
import { createRedactor } from '../lib/redact.ts';
import { redactValues, withRedactionCount } from './redaction.ts';

const redact = createRedactor(() => []);
const cleaned = (value: object) => redactValues([value], redact)[0]?.value;

test('redacts the secrets of MCP servers, but not the environment of agents', () => {
  const clean = cleaned({
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

test('does not redact token counts', () => {
  expect(cleaned({ inputTokens: 3, token: 'secret' })).toEqual({
    inputTokens: 3,
    token: '[redacted]',
  });
});

test('redacts secrets in the addresses and arguments of MCP servers', () => {
  const clean = cleaned({
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

test('redacts keys in texts and field names at any depth, and counts them for each value', () => {
  const token = `ghp_${'a1B2'.repeat(9)}`;
  const said = { text: `The file holds:\n${token}`, list: [{ [token]: token }] };
  const [first, second] = redactValues([said, { text: 'nothing' }], redact);
  expect(first).toEqual({
    value: { text: 'The file holds:\n[redacted]', list: [{ '[redacted]': '[redacted]' }] },
    count: 3,
  });
  expect(first && withRedactionCount(first)).toMatchObject({ redactions: 3 });
  expect(second && withRedactionCount(second)).toEqual({ text: 'nothing' });
});
