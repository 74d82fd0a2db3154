import type { ReactNode } from 'react';
import { LazyScreen, LazyScreenView } from '../shell/lazy-screen.tsx';
import type { Subject } from './use-changes.ts';

/** Loaded on demand, because diffs bring their grammars with them. */
const changesView = new LazyScreen<Subject>(() =>
  import('./changes-view.tsx').then((module) => module.ChangesView),
);

const Frame = ({ children }: { children: ReactNode }) => <div>{children}</div>;

/** The changes of an agent or of the whole session. */
export const ChangesPanel = (subject: Subject) => (
  <LazyScreenView screen={changesView} frame={Frame} {...subject} />
);
