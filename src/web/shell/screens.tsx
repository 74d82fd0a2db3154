import { type ReactNode, useEffect } from 'react';
import type { Route } from '../kernel/route.ts';
import { registerServiceWorker } from '../kernel/service-worker.ts';
import { whenIdle } from '../kernel/when-idle.ts';
import { dialogFrame, LazyScreen, ShowLazy } from './lazy-screen.tsx';

// What the first screen does not need is read after it.
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
  return dialog === null ? null : <ShowLazy key={dialog} {...dialogs[dialog]} />;
}

export function FileFrame({ children }: { children: ReactNode }) {
  return <main className="mx-auto w-full max-w-180 flex-1 p-4">{children}</main>;
}

/** Loads what an address shows while everything else about the page is still being asked for. */
export function loadScreensOf({ file, dialog }: Route): void {
  const wanted = [
    file === null ? null : fileScreen,
    dialog === null ? null : dialogs[dialog].screen,
  ];
  for (const screen of wanted) screen?.load().catch(laterThen);
}

const laterThen = (error: unknown) => console.info('A screen is loaded when it is opened.', error);

/** Those that are opened first come first. */
const screensAhead = [execution, fileScreen, sessions, allSessions, settings, shortcuts];

/**
 * Reads every screen as soon as the first one leaves time for it, one after the other: whoever opens it later waits for
 * nothing and nobody. Only then is the whole app kept for when the daemon is down, because a browser has few
 * connections to one site, and someone may click meanwhile.
 */
export function useScreensAhead(): void {
  useEffect(() => {
    let callOff = () => {};
    let isCalledOff = false;
    const loadFrom = (place: number) => {
      if (isCalledOff) return;
      const screen = screensAhead[place];
      callOff = whenIdle(() => {
        if (screen === undefined) return registerServiceWorker();
        screen
          .load()
          .catch(laterThen)
          .then(() => loadFrom(place + 1));
      });
    };
    loadFrom(0);
    return () => {
      isCalledOff = true;
      callOff();
    };
  }, []);
}
