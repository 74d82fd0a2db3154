import type { Enforcement, LocalSummary } from '../../contract/preflight-views.ts';
import { plural } from '../../lib/format.ts';
import { type Line, line, quiet, strong } from '../terminal/lines.ts';
import { cleanLine, pad, widthOf } from '../terminal/text.ts';

const words: Readonly<Record<Enforcement, string>> = {
  allowed: 'allowed',
  asked: 'asked',
  denied: 'denied',
  sandboxed: 'in sandbox',
  'not-held-back': 'not restricted',
};

const HEADS = ['Files', 'Commands', 'Network', 'MCP'] as const;
const MOST_NAME_WIDTH = 30;

/** For each agent on this machine: what will be asked, and what holds without asking. */
export function permissionTable({
  permissions,
  permissionRules,
}: Pick<LocalSummary, 'permissions' | 'permissionRules'>): Line[] {
  const names = permissions.map(({ name }) => cleanLine(name));
  const nameWidth = Math.min(MOST_NAME_WIDTH, Math.max(6, ...names.map(widthOf)));
  const rows = permissions.map(({ filesystemWrite, execution, network, mcp }) =>
    [filesystemWrite, execution, network, mcp].map((each) => words[each]),
  );
  const widths = HEADS.map((head, index) =>
    Math.max(head.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const cells = (texts: readonly string[]) =>
    texts.map((text, index) => pad(text, widths[index] ?? 0)).join('  ');
  return [
    line(),
    line(strong('Permissions')),
    line(quiet(`  ${pad('', nameWidth)}  ${cells(HEADS)}`.trimEnd())),
    ...rows.map((row, index) =>
      line(`  ${pad(names[index] ?? '', nameWidth)}  ${cells(row)}`.trimEnd()),
    ),
    ...(permissionRules === 0
      ? []
      : [
          line(
            quiet(
              `  ${plural(permissionRules, 'pattern rule')} ${permissionRules === 1 ? 'takes' : 'take'} precedence over these.`,
            ),
          ),
        ]),
  ];
}
