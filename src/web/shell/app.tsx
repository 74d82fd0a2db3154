import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { useEffect, useState } from 'react';
import { FileDrop } from '../canvas/file-drop.tsx';
import { HomeScreen } from '../canvas/home-screen.tsx';
import { chooseTheme } from '../design/theme.ts';
import { ToastArea } from '../design/toasts.tsx';
import { useConnectionState } from '../kernel/connection.ts';
import { usePreferences } from '../kernel/queries.ts';
import { closeDialog, useRoute } from '../kernel/route.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { LazyScreenView } from './lazy-screen.tsx';
import { StartFailed, Starting } from './not-running.tsx';
import { FileFrame, fileScreen, OpenDialog, usePreloadScreens } from './screens.tsx';
import { useGlobalKeys } from './shortcuts.ts';
import { SignedOut } from './signed-out.tsx';
import { StatusBar } from './status-bar.tsx';
import { TitleBar } from './title-bar.tsx';

type Phase = { name: 'starting' | 'open' | 'signed-out' } | { name: 'failed'; error: unknown };

/** The app: login, then the screens. */
export function App({ start }: { start: () => Promise<'open' | 'signed-out'> }) {
  const [phase, setPhase] = useState<Phase>({ name: 'starting' });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isCurrent = true;
    startOnce(attempt, start).then(
      (name) => isCurrent && setPhase({ name }),
      (error: unknown) => isCurrent && setPhase({ name: 'failed', error }),
    );
    return () => {
      isCurrent = false;
    };
  }, [start, attempt]);

  useEffect(() => {
    if (phase.name !== 'failed') return;
    const timer = setTimeout(() => setAttempt((number) => number + 1), 3000);
    return () => clearTimeout(timer);
  }, [phase]);

  switch (phase.name) {
    case 'starting':
      return <Starting />;
    case 'signed-out':
      return <SignedOut />;
    case 'failed':
      return <StartFailed error={phase.error} onRetry={() => setAttempt((number) => number + 1)} />;
    case 'open':
      return <OpenApp />;
    default:
      return phase satisfies never;
  }
}

/** Strict mode mounts twice, but a login code works once: each attempt is started a single time. */
const runningStarts = new Map<number, Promise<'open' | 'signed-out'>>();
function startOnce(attempt: number, start: () => Promise<'open' | 'signed-out'>) {
  const running = runningStarts.get(attempt) ?? start();
  runningStarts.set(attempt, running);
  return running;
}

/** The theme may have been changed in another window or browser. */
function useThemePreference(): void {
  const { data } = usePreferences();
  const theme = data?.theme;
  useEffect(() => {
    if (theme !== undefined) chooseTheme(theme);
  }, [theme]);
}

function OpenApp() {
  const route = useRoute();
  const connection = useConnectionState();
  useGlobalKeys();
  useThemePreference();
  usePreloadScreens();
  if (connection === 'signed-out') return <SignedOut />;
  return (
    <CSPProvider disableStyleElements>
      <Tooltip.Provider delay={400}>
        <div className="isolate flex h-full flex-col">
          <TitleBar />
          <ErrorBoundary key={route.file} onClose={() => location.assign('/')}>
            {route.file === null ? (
              <HomeScreen />
            ) : (
              <LazyScreenView
                screen={fileScreen}
                frame={FileFrame}
                placeholder={<main className="flex-1" />}
                path={route.file}
              />
            )}
          </ErrorBoundary>
          <StatusBar />
        </div>
        <ErrorBoundary key={route.dialog} onClose={closeDialog}>
          <OpenDialog dialog={route.dialog} />
        </ErrorBoundary>
        <FileDrop />
        <ToastArea />
      </Tooltip.Provider>
    </CSPProvider>
  );
}
