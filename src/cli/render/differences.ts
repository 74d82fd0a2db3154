import type { WorkflowDifferenceView } from '../../contract/enhance.ts';
import { fieldName } from '../../contract/enhance-text.ts';
import { lineChanges } from '../../workflow/edit/line-changes.ts';
import { type Line, line, quiet, strong, type Tone, toned } from '../terminal/lines.ts';

const marks = {
  added: { sign: '+', tone: 'good' },
  removed: { sign: '-', tone: 'bad' },
  changed: { sign: '~', tone: 'attention' },
} as const satisfies Record<WorkflowDifferenceView['kind'], { sign: string; tone: Tone }>;

/** The edits of a workflow as a diff, by part and field. */
export function differenceLines(
  differences: readonly WorkflowDifferenceView[],
  indent: string,
): Line[] {
  return differences.flatMap((difference) => {
    const { sign, tone } = marks[difference.kind];
    return [
      line(
        indent,
        toned(tone, `${sign} `),
        `${difference.subject} `,
        strong(difference.name),
        difference.kind === 'removed' ? quiet(' (removed)') : '',
      ),
      ...difference.approvalReasons.map((reason) =>
        line(`${indent}    `, toned('attention', `! ${reason}`)),
      ),
      // For a removed part the name is enough.
      ...(difference.kind === 'removed'
        ? []
        : difference.fields.flatMap((field) => fieldLines(field, `${indent}    `))),
    ];
  });
}

function fieldLines(
  { field, before, after }: WorkflowDifferenceView['fields'][number],
  indent: string,
): Line[] {
  const name = fieldName(field);
  const changes = lineChanges(before, after);
  const [only] = changes;
  if (changes.length === 1 && only !== undefined && only.kind === 'added')
    return [line(indent, quiet(`${name}: `), toned('good', only.text))];
  return [
    line(indent, quiet(`${name}:`)),
    ...changes.map(({ kind, text }) => {
      if (kind === 'same') return line(indent, quiet(`    ${text}`));
      return line(
        indent,
        toned(kind === 'added' ? 'good' : 'bad', `  ${kind === 'added' ? '+' : '-'} ${text}`),
      );
    }),
  ];
}
