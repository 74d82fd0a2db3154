import type { SessionDetail } from '../../contract/session-views.ts';
import { agentName } from '../../workflow/agent-name.ts';
import { type Line, line, quiet } from '../terminal/lines.ts';
import { cleanText } from '../terminal/text.ts';

/** The transcript of the agent has the complete text. */
const MAX_LINES = 20;
const INDENT = '  ';

/** The agents' own descriptions of the work that waits for an answer. */
export function questionWorkLines({
  questions,
  agents,
}: Pick<SessionDetail, 'questions' | 'agents'>): Line[] {
  const works = new Map(
    questions.flatMap(({ agentId, work }) => (work === null ? [] : [[agentId, work] as const])),
  );
  return [...works].flatMap(([agentId, work]) => {
    const name = agentName({ agents }, agentId);
    const text = work.split('\n').map(cleanText);
    const shown = text.slice(0, MAX_LINES).map((part) => line(INDENT, part));
    const isCut = text.length > MAX_LINES;
    return [
      line(),
      line(quiet(`Work of ${name}, which waits for your answer`)),
      ...shown,
      ...(isCut ? [line(INDENT, quiet('…'))] : []),
    ];
  });
}
