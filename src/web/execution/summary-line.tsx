import type { ReactNode } from 'react';

/** One line of the summary of a run: what it is about, and what would be. */
export function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
