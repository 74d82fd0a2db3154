import type { ReactNode } from 'react';

/** The answer buttons of a question; they stay visible below long content. */
export function AnswerRow({ children }: { children: ReactNode }) {
  return (
    <div className="sticky -bottom-3 z-10 -mx-4 -mb-4 flex flex-wrap items-center gap-2 rounded-b-lg border-t bg-surface px-4 py-3">
      {children}
    </div>
  );
}
