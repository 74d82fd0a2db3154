import { Folder, GitBranch, type LucideIcon } from 'lucide-react';
import { cleanText } from '../../lib/clean-text.ts';

export function FolderRow({
  folder: { path, isRepository },
  name,
  icon: Icon = Folder,
  onOpen,
}: {
  folder: { readonly path: string; readonly isRepository: boolean };
  name: string;
  icon?: LucideIcon;
  onOpen: (path: string) => void;
}) {
  return (
    <button
      type="button"
      className="flex min-h-7 w-full items-center gap-2 rounded-md px-2 py-0.5 text-left hover:bg-hover"
      onClick={() => onOpen(path)}
    >
      <Icon aria-hidden size={14} className="shrink-0 text-muted" />
      <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">{cleanText(name)}</span>
      {isRepository ? <GitBadge /> : null}
    </button>
  );
}

/** Marks a git repository, in which agents can use worktrees. */
export function GitBadge() {
  return (
    <span className="inline-flex shrink-0 items-center gap-1 text-muted text-sm">
      <GitBranch aria-hidden size={12} /> git
    </span>
  );
}
