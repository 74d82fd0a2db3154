import type { ReactNode } from 'react';

/** The answers to what waits, in view however long the work above them is. */
export function AnswerRow({ children }: { children: ReactNode }) {
  return (
    <div className="sticky -bottom-3 z-10 -mx-4 -mb-4 flex flex-wrap items-center gap-2 rounded-b-lg border-t bg-surface px-4 py-3">
      {children}
    </div>
  );
}
