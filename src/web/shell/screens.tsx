import { type ReactNode, useEffect } from 'react';
import type { Route } from '../kernel/route.ts';
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

const quietMs = 1500;

/** Reads every screen once the first one has had its time: whoever opens it later waits for nothing and nobody. */
export function useScreensAhead(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      for (const { load } of [fileScreen, execution, sessions, allSessions, settings, shortcuts])
        load().catch((error: unknown) =>
          console.info('A screen is loaded when it is opened.', error),
        );
    }, quietMs);
    return () => clearTimeout(timer);
  }, []);
}
