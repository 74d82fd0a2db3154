import type { ToolRequestView } from '../../contract/permissions.ts';
import type { SessionView } from '../../contract/session-views.ts';
import { ageOf, plural } from '../../lib/format.ts';
import { type Line, line, quiet, strong, toned } from '../terminal/lines.ts';
import { cleanLine, cleanText } from '../terminal/text.ts';
import { diffLine } from './changes.ts';

/** What the tool calls would change, as unified diffs by the id of their request. */
export type RequestDiffs = ReadonlyMap<string, string>;

/** Enough to judge most changes by; the app shows all of them. */
const MAX_DIFF_LINES = 30;

/** Tool calls that wait for an answer, with the details needed to decide. */
export function requestLines(
  view: SessionView,
  now: number,
  diffs: RequestDiffs = new Map(),
): Line[] {
  if (view.requests.length === 0) return [];
  const names = new Map(view.agents.map(({ id, name }) => [id, name]));
  return [
    line(),
    line(quiet('Waits for your permission')),
    ...view.requests.flatMap((request) => [
      line(
        '  ',
        toned('attention', request.shortId),
        '  ',
        strong(names.get(request.agentId) ?? request.agentId),
        ` ${cleanLine(request.summary)}`,
        quiet(`  ${ageOf(request.askedAt, now)}`),
      ),
      ...detailLines(request),
      ...diffLines(diffs.get(request.id) ?? ''),
    ]),
    line(quiet(`  Answer with: cerevisor answer ${view.id.slice(2, 10)} ID allow|deny`)),
  ];
}

const INDENT = ' '.repeat(12);

function detailLines({ command, path, reason, folder }: ToolRequestView): Line[] {
  const rows = [
    ...(command?.includes('\n') ? command.split('\n') : []),
    ...(command !== null && path !== null ? [path] : []),
    ...(reason === null ? [] : [reason]),
    `in ${folder}`,
  ];
  return rows.map((text) => line(INDENT, quiet(cleanLine(text))));
}

function diffLines(diff: string): Line[] {
  const lines = diff.trimEnd().split('\n').map(cleanText);
  if (diff === '') return [];
  const rest = lines.length - MAX_DIFF_LINES;
  return [
    ...lines.slice(0, MAX_DIFF_LINES).map((text) => line(INDENT, ...diffLine(text))),
    ...(rest > 0 ? [line(INDENT, quiet(`${plural(rest, 'more line')}; see the app`))] : []),
  ];
}
