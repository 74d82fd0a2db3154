import type { ToolRequestView } from '../../contract/permissions.ts';
import type { SessionView } from '../../contract/session-views.ts';
import { ageOf } from '../../lib/format.ts';
import { type Line, line, quiet, strong, toned } from '../terminal/lines.ts';
import { cleanLine } from '../terminal/text.ts';

/** Tool calls that wait for an answer, with the details needed to decide. */
export function requestLines(view: SessionView, now: number): Line[] {
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
    ]),
    line(quiet(`  Answer with: cerevisor answer ${view.id.slice(2, 10)} ID allow|deny`)),
  ];
}

function detailLines({ command, path, reason, folder }: ToolRequestView): Line[] {
  const rows = [
    ...(command?.includes('\n') ? command.split('\n') : []),
    ...(command !== null && path !== null ? [path] : []),
    ...(reason === null ? [] : [reason]),
    `in ${folder}`,
  ];
  return rows.map((text) => line('            ', quiet(cleanLine(text))));
}
