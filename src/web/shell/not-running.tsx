import { LoaderCircle, PlugZap } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { ApiError } from '../../contract/errors.ts';
import { Button } from '../design/button.tsx';
import { CopyButton } from '../design/copy-button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { Failure } from '../kernel/failure.tsx';
import { startCommand } from '../kernel/start-command.ts';

/** The empty app frame. */
function Shell({ children }: { children?: ReactNode }) {
  return (
    <div className="flex h-full flex-col">
      <header className="title-bar flex h-11 shrink-0 items-center border-b bg-surface px-3">
        <span className="px-2 font-semibold">Cerevisor</span>
      </header>
      <main className="scroll-thin flex min-h-0 flex-1 flex-col overflow-y-auto">{children}</main>
    </div>
  );
}

const slowMs = 3000;

/** Shown during the first request to the daemon; explains the wait if it takes long. */
export function Starting() {
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsSlow(true), slowMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Shell>
      {isSlow ? (
        <EmptyState icon={LoaderCircle} title="Waiting for Cerevisor…">
          Cerevisor does not respond yet: it is starting, busy or suspended. This page opens as soon
          as it responds.
        </EmptyState>
      ) : null}
    </Shell>
  );
}

/** Shown while the app cannot start. It retries automatically. */
export function StartFailed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const isUnreachable = error instanceof ApiError && error.status === 0;
  if (!isUnreachable)
    return (
      <Shell>
        <div className="mx-auto w-full max-w-140 p-8">
          <Failure error={error} onRetry={onRetry} />
        </div>
      </Shell>
    );
  const command = startCommand();
  return (
    <Shell>
      <h1 className="sr-only">Cerevisor</h1>
      <EmptyState
        icon={PlugZap}
        title="Cerevisor is not running"
        action={<Button onClick={onRetry}>Try now</Button>}
      >
        <p>Start it in a terminal. This page then opens automatically, where you left it.</p>
        <p className="mt-3 flex items-center gap-2 rounded-md border bg-surface py-1 pr-1 pl-3 font-mono text-ink">
          <span className="min-w-0 flex-1 break-words text-left">{command}</span>
          <CopyButton text={command} label="Copy the command" />
        </p>
      </EmptyState>
    </Shell>
  );
}
