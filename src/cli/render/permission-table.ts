import type { Enforcement, LocalSummary } from '../../contract/preflight-views.ts';
import { plural } from '../../lib/format.ts';
import { type Line, line, quiet, strong } from '../terminal/lines.ts';
import { cleanLine, pad, widthOf } from '../terminal/text.ts';

const enforcementLabels: Readonly<Record<Enforcement, string>> = {
  allowed: 'allowed',
  asked: 'asked',
  denied: 'denied',
  sandboxed: 'in sandbox',
  'not-held-back': 'not restricted',
};

const HEADERS = ['Files', 'Commands', 'Network', 'MCP'] as const;
const MAX_NAME_WIDTH = 30;

/** For each local agent: which kinds of tool calls are allowed, denied, or asked about. */
export function permissionTable({
  permissions,
  permissionRules,
}: Pick<LocalSummary, 'permissions' | 'permissionRules'>): Line[] {
  const names = permissions.map(({ name }) => cleanLine(name));
  const nameWidth = Math.min(MAX_NAME_WIDTH, Math.max(6, ...names.map(widthOf)));
  const rows = permissions.map(({ filesystemWrite, execution, network, mcp }) =>
    [filesystemWrite, execution, network, mcp].map((each) => enforcementLabels[each]),
  );
  const widths = HEADERS.map((header, index) =>
    Math.max(header.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const cells = (texts: readonly string[]) =>
    texts.map((text, index) => pad(text, widths[index] ?? 0)).join('  ');
  return [
    line(),
    line(strong('Permissions')),
    line(quiet(`  ${pad('', nameWidth)}  ${cells(HEADERS)}`.trimEnd())),
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
