import { expect, test } from 'vitest';
import { createRedactor } from '../lib/redact.ts';
import { redactValues, withRedactionCount } from './redaction.ts';

const redact = createRedactor(() => []);
const cleaned = (value: object) => redactValues([value], redact)[0]?.value;

test('takes out what MCP servers are given, and leaves where agents run', () => {
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

test('leaves numbers of tokens alone', () => {
  expect(cleaned({ inputTokens: 3, token: 'secret' })).toEqual({
    inputTokens: 3,
    token: '[redacted]',
  });
});

test('takes secrets out of MCP servers by name, of their addresses and of their arguments', () => {
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

test('takes keys out of texts and names at any depth, and counts them for each value', () => {
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
