import type { ReactNode } from 'react';
import { LazyScreen, LazyScreenView } from '../shell/lazy-screen.tsx';
import type { Subject } from './use-changes.ts';

/** Diffs and their grammars are read when someone looks at changes. */
const changesView = new LazyScreen<Subject>(() =>
  import('./changes-view.tsx').then((module) => module.ChangesView),
);

const Frame = ({ children }: { children: ReactNode }) => <div>{children}</div>;

/** What an agent, or the whole session, changed. */
export const ChangesPanel = (subject: Subject) => (
  <LazyScreenView screen={changesView} frame={Frame} {...subject} />
);
