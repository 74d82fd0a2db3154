import { expect, test } from 'vitest';
import { withMcpValues } from './mcp-values.ts';

const servers = [
  { name: 'issues', command: 'run', env: { TOKEN: '${ISSUES_TOKEN}' } },
  { name: 'docs', url: 'https://mcp.example', headers: { Authorization: 'Bearer ${DOCS}' } },
];
const valuesFrom = (values: Record<string, string>) => ({
  read: async (names: readonly string[]) => ({
    values,
    missing: names.filter((name) => values[name] === undefined),
  }),
});

test("replaces placeholders with the user's values", async () => {
  expect(await withMcpValues(valuesFrom({ ISSUES_TOKEN: 'one', DOCS: 'two' }), servers)).toEqual({
    ok: true,
    value: [
      { name: 'issues', command: 'run', env: { TOKEN: 'one' } },
      { name: 'docs', url: 'https://mcp.example', headers: { Authorization: 'Bearer two' } },
    ],
  });
});

test('fails if a value is missing', async () => {
  expect(await withMcpValues(valuesFrom({ DOCS: 'two' }), servers)).toMatchObject({
    error: { message: expect.stringContaining('${ISSUES_TOKEN}') },
  });
});
