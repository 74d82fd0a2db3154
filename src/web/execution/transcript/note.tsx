import { Info, TriangleAlert } from 'lucide-react';
import { type Backend, withCloudName } from '../../../contract/cloud-name.ts';
import { cleanText } from '../../../lib/clean-text.ts';
import { classNames } from '../../design/class-names.ts';
import { MessageText } from '../../design/message-text.tsx';
import type { NoteRow } from './rows.ts';

const noteColors = { plain: 'text-muted', warning: 'text-warn', error: 'text-danger' };

/** One line about an event, with its time. */
export function Note({
  row,
  backend,
}: {
  row: Pick<NoteRow, 'at' | 'tone' | 'text'>;
  backend: Backend;
}) {
  const Icon = row.tone === 'plain' ? Info : TriangleAlert;
  return (
    <p className={classNames('flex items-start gap-2 text-sm', noteColors[row.tone])}>
      <Icon aria-hidden size={14} className="mt-px shrink-0" />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        <MessageText text={withCloudName(backend, cleanText(row.text))} />
      </span>
      <time dateTime={row.at} className="ml-auto shrink-0 pl-2 text-muted tabular-nums">
        {new Date(row.at).toLocaleTimeString()}
      </time>
    </p>
  );
}
