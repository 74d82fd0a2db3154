import { expect, test } from 'vitest';
import type { LocalSummary } from '../../contract/preflight-views.ts';
import { widthOf } from '../terminal/text.ts';
import { permissionTable } from './permission-table.ts';

const held = { filesystemWrite: 'asked', execution: 'denied', network: 'allowed' } as const;
const summary = {
  permissions: [
    { agentId: 'a', name: 'Builder', asks: true, ...held, mcp: 'asked' },
    { agentId: 'b', name: '審査する人', asks: false, ...held, mcp: 'not-held-back' },
  ],
  permissionRules: 1,
} satisfies Pick<LocalSummary, 'permissions' | 'permissionRules'>;

test('says for each agent what will be asked, in columns, whatever its name is', () => {
  const lines = permissionTable(summary).map((line) => line.map(({ text }) => text).join(''));
  const at = (line: string | undefined, word: string) =>
    widthOf((line ?? '').slice(0, (line ?? '').indexOf(word)));
  const [heads, builder, reviewer] = lines.slice(2);
  expect(at(builder, 'denied')).toBe(at(heads, 'Commands'));
  expect(at(reviewer, 'denied')).toBe(at(heads, 'Commands'));
  expect(reviewer).toContain('not restricted');
  expect(lines.at(-1)).toContain('1 pattern rule takes precedence');
});
