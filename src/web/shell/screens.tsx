import { type ReactNode, useEffect } from 'react';
import type { Route } from '../kernel/route.ts';
import { registerServiceWorker } from '../kernel/service-worker.ts';
import { whenIdle } from '../kernel/when-idle.ts';
import { dialogFrame, LazyScreen, LazyScreenView } from './lazy-screen.tsx';

// Loaded after the first screen.
export const fileScreen = new LazyScreen<{ path: string }>(() =>
  import('../canvas/file-screen.tsx').then((module) => module.FileScreen),
);
const execution = new LazyScreen(() =>
  import('../execution/execution-dialog.tsx').then((module) => module.ExecutionDialog),
);
const sessions = new LazyScreen(() =>
  import('../sessions/sessions-dialog.tsx').then((module) => module.CloudSessionsDialog),
);
const allSessions = new LazyScreen(() =>
  import('../sessions/sessions-dialog.tsx').then((module) => module.AllSessionsDialog),
);
const settings = new LazyScreen(() =>
  import('../settings/settings-dialog.tsx').then((module) => module.SettingsDialog),
);
const shortcuts = new LazyScreen(() =>
  import('./shortcuts-dialog.tsx').then((module) => module.ShortcutsDialog),
);

const dialogs = {
  execution: { screen: execution, frame: dialogFrame('Execution', 'full') },
  sessions: { screen: sessions, frame: dialogFrame('Cloud Sessions', 'full') },
  'all-sessions': { screen: allSessions, frame: dialogFrame('Sessions', 'full') },
  settings: { screen: settings, frame: dialogFrame('Settings', 'large') },
  shortcuts: { screen: shortcuts, frame: dialogFrame('Keyboard shortcuts', 'medium') },
} satisfies Record<NonNullable<Route['dialog']>, unknown>;

export function OpenDialog({ dialog }: { dialog: Route['dialog'] }) {
  return dialog === null ? null : <LazyScreenView key={dialog} {...dialogs[dialog]} />;
}

export function FileFrame({ children }: { children: ReactNode }) {
  return <main className="mx-auto w-full max-w-180 flex-1 p-4">{children}</main>;
}

/** Loads the screens of a route, in parallel with the login. */
export function preloadRouteScreens({ file, dialog }: Route): void {
  const screens = [
    file === null ? null : fileScreen,
    dialog === null ? null : dialogs[dialog].screen,
  ];
  for (const screen of screens) screen?.load().catch(logLoadFailure);
}

const logLoadFailure = (error: unknown) =>
  console.info('A screen is loaded when it is opened.', error);

/** Most likely to be opened first. */
const preloadOrder = [execution, fileScreen, sessions, allSessions, settings, shortcuts];

/**
 * Preloads all screens one after the other while the page is idle, and then registers the service worker that caches
 * the app. One at a time, because browsers allow few connections per origin and the user may click meanwhile.
 */
export function usePreloadScreens(): void {
  useEffect(() => {
    let cancel = () => {};
    let isCancelled = false;
    const loadFrom = (index: number) => {
      if (isCancelled) return;
      const screen = preloadOrder[index];
      cancel = whenIdle(() => {
        if (screen === undefined) return registerServiceWorker();
        screen
          .load()
          .catch(logLoadFailure)
          .then(() => loadFrom(index + 1));
      });
    };
    loadFrom(0);
    return () => {
      isCancelled = true;
      cancel();
    };
  }, []);
}
