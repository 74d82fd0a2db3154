import { PlugZap } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiError } from '../../server/contract/errors.ts';
import { Button } from '../design/button.tsx';
import { CopyButton } from '../design/copy-button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { Failure } from './failure.tsx';
import { knownCommand } from './login.ts';

/** The frame of the app, before and without anything in it. */
export function Shell({ children }: { children?: ReactNode }) {
  return (
    <div className="flex h-full flex-col">
      <header className="title-bar flex h-11 shrink-0 items-center border-b bg-surface px-3">
        <span className="px-2 font-semibold">Cerevisor</span>
      </header>
      <main className="scroll-thin flex min-h-0 flex-1 flex-col overflow-y-auto">{children}</main>
    </div>
  );
}

/** Shown while the app cannot begin. It tries again by itself, and then opens at the same place. */
export function NotStarted({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const isUnreachable = error instanceof ApiError && error.status === 0;
  if (!isUnreachable)
    return (
      <Shell>
        <div className="mx-auto w-full max-w-140 p-8">
          <Failure error={error} onRetry={onRetry} />
        </div>
      </Shell>
    );
  const command = knownCommand();
  return (
    <Shell>
      <h1 className="sr-only">Cerevisor</h1>
      <EmptyState
        icon={PlugZap}
        title="Cerevisor is not running"
        action={<Button onClick={onRetry}>Try now</Button>}
      >
        <p>Start it in a terminal. This page then opens by itself, where you left it.</p>
        <p className="mt-3 flex items-center gap-2 rounded-md border bg-surface py-1 pr-1 pl-3 font-mono text-ink">
          <span className="min-w-0 flex-1 break-words text-left">{command}</span>
          <CopyButton text={command} label="Copy the command" />
        </p>
      </EmptyState>
    </Shell>
  );
}
