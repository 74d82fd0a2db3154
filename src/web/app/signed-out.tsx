import { LogIn } from 'lucide-react';
import { EmptyState } from '../design/empty-state.tsx';

/** Shown to a browser that the daemon does not know: the terminal is the door. */
export function SignedOut() {
  return (
    <main className="flex h-full">
      <EmptyState icon={LogIn} title="Open Cerevisor from your terminal">
        <p>This browser is not logged in. Run this command; it opens the app and logs you in.</p>
        <p className="mt-3 rounded-md border bg-surface px-3 py-2 font-mono text-ink">cerevisor</p>
      </EmptyState>
    </main>
  );
}
