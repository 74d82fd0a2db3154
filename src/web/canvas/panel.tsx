import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '../design/icon-button.tsx';

/** The side panel for the selection. */
export function Panel({
  title,
  label,
  onClose,
  footer,
  children,
}: {
  title: string;
  label: string;
  onClose: () => void;
  footer: ReactNode;
  children: ReactNode;
}) {
  return (
    <aside
      aria-label={label}
      onKeyDown={(event) => {
        // An open list or dialog handles Escape itself.
        if (event.key === 'Escape' && !event.defaultPrevented) onClose();
      }}
      className="flex shrink-0 flex-col bg-surface max-md:h-1/2 max-md:border-t md:w-84 md:border-l"
    >
      <div className="flex h-10 shrink-0 items-center border-b pr-2 pl-4">
        <h2 className="min-w-0 flex-1 truncate font-semibold">{title}</h2>
        <IconButton label="Close panel" icon={X} onClick={onClose} />
      </div>
      <div className="scroll-thin flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto p-4">
        {children}
      </div>
      <div className="flex shrink-0 gap-2 border-t px-4 py-2">{footer}</div>
    </aside>
  );
}
