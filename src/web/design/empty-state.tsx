import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

/** Shown while there is no content, with what to do about it. */
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
