import { House, Keyboard, Settings } from 'lucide-react';
import { plural } from '../../lib/format.ts';
import { isDirty, useEditor } from '../canvas/editor.ts';
import { Button } from '../design/button.tsx';
import { classNames } from '../design/class-names.ts';
import { IconButton } from '../design/icon-button.tsx';
import { formatShortcut } from '../design/shortcut.ts';
import { useStatus } from '../kernel/queries.ts';
import { navigate, useRoute } from '../kernel/route.ts';
import { SessionsButtons } from './sessions-buttons.tsx';

/** The title bar; in an installed window it is the window's own, and can be dragged. */
export function TitleBar() {
  const { file } = useRoute();
  const { data: status } = useStatus();
  return (
    <header className="title-bar flex h-11 shrink-0 items-center gap-2 border-b bg-surface px-3 max-sm:gap-1">
      <IconButton label="Home" icon={House} onClick={() => navigate({ file: null })} />
      <span className={classNames('font-semibold', file !== null && 'max-md:hidden')}>
        Cerevisor
      </span>
      {file === null ? null : <FileName />}
      <span className="flex-1" />
      {status?.backend.kind === 'rehearsal' ? (
        <span
          className="shrink-0 rounded-sm bg-warn-soft px-2 py-0.5 font-medium text-sm text-warn"
          title="Agents run on the rehearsal cloud: no account, no cost"
        >
          Rehearsal
        </span>
      ) : null}
      {status?.license.tier === 'trial' && status.license.daysLeft !== null ? (
        <Button
          size="small"
          tone="quiet"
          className="max-md:hidden"
          onClick={() => navigate({ dialog: 'settings', tab: 'subscription' })}
        >
          Trial: {plural(status.license.daysLeft, 'day')} left
        </Button>
      ) : null}
      <SessionsButtons />
      <IconButton
        label="Keyboard shortcuts"
        shortcut="?"
        icon={Keyboard}
        className="max-sm:hidden"
        onClick={() => navigate({ dialog: 'shortcuts' })}
      />
      <IconButton
        label="Settings"
        shortcut={formatShortcut(',')}
        icon={Settings}
        onClick={() => navigate({ dialog: 'settings', tab: null })}
      />
    </header>
  );
}

function FileName() {
  const editor = useEditor();
  if (editor.status !== 'open') return null;
  return (
    <span className="flex min-w-0 items-center gap-2 text-muted">
      <span aria-hidden className="max-md:hidden">
        /
      </span>
      <h1 className="truncate text-ink" title={`${editor.history.present.name}\n${editor.path}`}>
        {editor.history.present.name}
      </h1>
      {isDirty(editor) ? <span className="shrink-0 text-sm">Not saved</span> : null}
    </span>
  );
}
