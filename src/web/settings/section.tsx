import type { ReactNode } from 'react';

/** A part of a settings page under its heading. */
export function Section({
  title,
  context,
  hint,
  children,
}: {
  title: string;
  /** Said after the title where several parts of a page carry the same one, and seen from where it stands. */
  context?: string;
  hint?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section
      aria-label={context === undefined ? title : `${title} of ${context}`}
      className="flex flex-col gap-3"
    >
      <div>
        <h3 className="font-semibold">{title}</h3>
        {hint === undefined ? null : <p className="text-muted">{hint}</p>}
      </div>
      {children}
    </section>
  );
}
