import type { ReactNode } from 'react';

/** A section of a settings page. */
export function Section({
  title,
  context,
  hint,
  children,
}: {
  title: string;
  /** Appended to the accessible name, where several sections have the same title. */
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
