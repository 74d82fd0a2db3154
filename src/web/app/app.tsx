import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { lazy, Suspense, useEffect, useState } from 'react';
import { FileDrop } from '../canvas/file-drop.tsx';
import { HomeScreen } from '../canvas/home-screen.tsx';
import { chooseTheme } from '../design/theme.ts';
import { ToastArea } from '../design/toasts.tsx';
import { useConnectionState } from './connection.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { Failure } from './failure.tsx';
import { closeDialog, usePlace } from './place.ts';
import { usePreferences } from './queries.ts';
import { useGlobalKeys } from './shortcuts.ts';
import { SignedOut } from './signed-out.tsx';
import { StatusBar } from './status-bar.tsx';
import { TitleBar } from './title-bar.tsx';

// What the first screen does not need is read when it is asked for.
const FileScreen = lazy(() =>
  import('../canvas/file-screen.tsx').then((module) => ({ default: module.FileScreen })),
);
const ExecutionDialog = lazy(() =>
  import('../execution/execution-dialog.tsx').then((module) => ({
    default: module.ExecutionDialog,
  })),
);
const SessionsDialog = lazy(() =>
  import('../sessions/sessions-dialog.tsx').then((module) => ({ default: module.SessionsDialog })),
);
const ShortcutsDialog = lazy(() =>
  import('./shortcuts-dialog.tsx').then((module) => ({ default: module.ShortcutsDialog })),
);
const SettingsDialog = lazy(() =>
  import('../settings/settings-dialog.tsx').then((module) => ({ default: module.SettingsDialog })),
);

type Phase = { name: 'starting' | 'open' | 'signed-out' } | { name: 'failed'; error: unknown };

/** The app from the first moment on: logging in, then the screens. */
export function App({ start }: { start: () => Promise<'open' | 'signed-out'> }) {
  const [phase, setPhase] = useState<Phase>({ name: 'starting' });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isWanted = true;
    started(attempt, start).then(
      (name) => isWanted && setPhase({ name }),
      (error: unknown) => isWanted && setPhase({ name: 'failed', error }),
    );
    return () => {
      isWanted = false;
    };
  }, [start, attempt]);

  useEffect(() => {
    if (phase.name !== 'failed') return;
    const timer = setTimeout(() => setAttempt((number) => number + 1), 3000);
    return () => clearTimeout(timer);
  }, [phase]);

  switch (phase.name) {
    case 'starting':
      return null;
    case 'signed-out':
      return <SignedOut />;
    case 'failed':
      return (
        <main className="mx-auto max-w-140 p-12">
          <Failure error={phase.error} onRetry={() => setAttempt((number) => number + 1)} />
        </main>
      );
    case 'open':
      return <OpenApp />;
    default:
      return phase satisfies never;
  }
}

/** Strict mode mounts twice, and a login code works once: each attempt starts a single time. */
const starts = new Map<number, Promise<'open' | 'signed-out'>>();
function started(attempt: number, start: () => Promise<'open' | 'signed-out'>) {
  const running = starts.get(attempt) ?? start();
  starts.set(attempt, running);
  return running;
}

/** Another window or browser may have chosen another theme meanwhile. */
function useThemePreference(): void {
  const { data } = usePreferences();
  const theme = data?.theme;
  useEffect(() => {
    if (theme !== undefined) chooseTheme(theme);
  }, [theme]);
}

function OpenApp() {
  const place = usePlace();
  const connection = useConnectionState();
  useGlobalKeys();
  useThemePreference();
  if (connection === 'signed-out') return <SignedOut />;
  return (
    <CSPProvider disableStyleElements>
      <Tooltip.Provider delay={400}>
        <div className="isolate flex h-full min-w-256 flex-col">
          <TitleBar />
          <ErrorBoundary key={place.file} onClose={() => location.assign('/')}>
            {place.file === null ? (
              <HomeScreen />
            ) : (
              <Suspense fallback={<main className="flex-1" />}>
                <FileScreen path={place.file} />
              </Suspense>
            )}
          </ErrorBoundary>
          <StatusBar />
        </div>
        <ErrorBoundary key={place.dialog} onClose={closeDialog}>
          <Suspense fallback={null}>
            {place.dialog === 'execution' ? <ExecutionDialog /> : null}
            {place.dialog === 'sessions' ? <SessionsDialog /> : null}
            {place.dialog === 'settings' ? <SettingsDialog /> : null}
            {place.dialog === 'shortcuts' ? <ShortcutsDialog /> : null}
          </Suspense>
        </ErrorBoundary>
        <FileDrop />
        <ToastArea />
      </Tooltip.Provider>
    </CSPProvider>
  );
}
