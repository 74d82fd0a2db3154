import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

/** What a screen shows while there is nothing to show, and the way out of that. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
}: {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-1 p-8 text-center">
      <Icon aria-hidden size={24} strokeWidth={1.5} className="mb-2 text-muted" />
      <p className="font-medium">{title}</p>
      {children === undefined ? null : <div className="max-w-96 text-muted">{children}</div>}
      {action === undefined ? null : <div className="mt-3 flex gap-2">{action}</div>}
    </div>
  );
}
