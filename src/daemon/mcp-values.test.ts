import { expect, test } from 'vitest';
import { withMcpValues } from './mcp-values.ts';

const servers = [
  { name: 'issues', command: 'run', env: { TOKEN: '${ISSUES_TOKEN}' } },
  { name: 'docs', url: 'https://mcp.example', headers: { Authorization: 'Bearer ${DOCS}' } },
];
const reading = (values: Record<string, string>) => ({
  read: async (names: readonly string[]) => ({
    values,
    missing: names.filter((name) => values[name] === undefined),
  }),
});

test('the values of the person take their places', async () => {
  expect(await withMcpValues(reading({ ISSUES_TOKEN: 'one', DOCS: 'two' }), servers)).toEqual({
    ok: true,
    value: [
      { name: 'issues', command: 'run', env: { TOKEN: 'one' } },
      { name: 'docs', url: 'https://mcp.example', headers: { Authorization: 'Bearer two' } },
    ],
  });
});

test('a value that is missing is no reason to start a server with its placeholder', async () => {
  expect(await withMcpValues(reading({ DOCS: 'two' }), servers)).toMatchObject({
    error: { message: expect.stringContaining('${ISSUES_TOKEN}') },
  });
});
