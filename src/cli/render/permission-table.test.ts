import { expect, test } from 'vitest';
import type { LocalSummary } from '../../contract/preflight-views.ts';
import { widthOf } from '../terminal/text.ts';
import { permissionTable } from './permission-table.ts';

const enforced = { filesystemWrite: 'asked', execution: 'denied', network: 'allowed' } as const;
const summary = {
  permissions: [
    { agentId: 'a', name: 'Builder', asks: true, ...enforced, mcp: 'asked' },
    { agentId: 'b', name: '審査する人', asks: false, ...enforced, mcp: 'not-held-back' },
  ],
  permissionRules: 1,
} satisfies Pick<LocalSummary, 'permissions' | 'permissionRules'>;

test('shows the permissions of each agent in aligned columns, whatever its name is', () => {
  const lines = permissionTable(summary).map((line) => line.map(({ text }) => text).join(''));
  const columnOf = (line: string | undefined, word: string) =>
    widthOf((line ?? '').slice(0, (line ?? '').indexOf(word)));
  const [headers, builder, reviewer] = lines.slice(2);
  expect(columnOf(builder, 'denied')).toBe(columnOf(headers, 'Commands'));
  expect(columnOf(reviewer, 'denied')).toBe(columnOf(headers, 'Commands'));
  expect(reviewer).toContain('not restricted');
  expect(lines.at(-1)).toContain('1 pattern rule takes precedence');
});
