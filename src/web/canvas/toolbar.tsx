import {
  CircleAlert,
  CircleCheck,
  Play,
  Redo2,
  Settings2,
  Undo2,
  WandSparkles,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { Problem } from '../../contract/error-views.ts';
import { plural } from '../../lib/format.ts';
import { tidyUp } from '../../workflow/edit/operations.ts';
import { Button } from '../design/button.tsx';
import { IconButton } from '../design/icon-button.tsx';
import { formatShortcut } from '../design/shortcut.ts';
import { ActionButton } from '../kernel/action-button.tsx';
import { navigate, openExecution } from '../kernel/route.ts';
import { edit, isDirty, type OpenFile, redoEdit, undoEdit } from './editor.ts';
import { saveAndReport } from './shortcuts.ts';

/** The actions on the whole workflow. */
export function Toolbar({
  file,
  problems,
  isListingProblems,
  onListProblems,
  children,
}: {
  file: OpenFile;
  problems: readonly Problem[];
  isListingProblems: boolean;
  onListProblems: () => void;
  children: ReactNode;
}) {
  const { history } = file;
  return (
    <div
      role="toolbar"
      aria-label="Workflow"
      className="flex h-10 shrink-0 items-center gap-1 border-b bg-surface px-2"
    >
      <IconButton
        label="Undo"
        shortcut={formatShortcut('Z')}
        icon={Undo2}
        disabled={history.past.length === 0}
        onClick={undoEdit}
      />
      <IconButton
        label="Redo"
        shortcut={formatShortcut('Shift+Z')}
        icon={Redo2}
        disabled={history.future.length === 0}
        onClick={redoEdit}
      />
      <IconButton label="Tidy up" icon={WandSparkles} onClick={() => edit(tidyUp)} />
      <IconButton
        label="Workflow settings"
        icon={Settings2}
        onClick={() => navigate({ dialog: 'settings', tab: 'workflow' })}
      />
      <ProblemsButton problems={problems} isOpen={isListingProblems} onClick={onListProblems} />
      {children}
      <span className="flex-1" />
      <ActionButton disabled={!isDirty(file) || file.isSaving} onClick={() => void saveAndReport()}>
        {file.isSaving ? 'Saving…' : isDirty(file) ? 'Save' : 'Saved'}
      </ActionButton>
      <Button tone="primary" onClick={() => openExecution(null)} title={formatShortcut('R')}>
        <Play aria-hidden size={14} /> Run
      </Button>
    </div>
  );
}

function ProblemsButton({
  problems,
  isOpen,
  onClick,
}: {
  problems: readonly Problem[];
  isOpen: boolean;
  onClick: () => void;
}) {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const others = problems.length - errors;
  const counts = [
    errors > 0 && plural(errors, 'error'),
    others > 0 && plural(others, 'hint'),
  ].filter(Boolean);
  return (
    <Button tone="quiet" aria-expanded={isOpen} onClick={onClick} className="min-w-0">
      {errors > 0 ? (
        <CircleAlert aria-hidden size={14} className="shrink-0 text-danger" />
      ) : (
        <CircleCheck aria-hidden size={14} className="shrink-0 text-ok" />
      )}
      <span className="truncate max-sm:sr-only">
        {counts.length === 0 ? 'No problems' : counts.join(', ')}
      </span>
    </Button>
  );
}
