import type { ReactNode } from 'react';
import { LazyScreen, LazyScreenView } from '../shell/lazy-screen.tsx';
import type { EditedPlan } from './plan-diff.tsx';

/** Loaded on demand, because diffs bring their grammars with them. */
const planDiff = new LazyScreen<EditedPlan>(() =>
  import('./plan-diff.tsx').then((module) => module.PlanDiff),
);

const Frame = ({ children }: { children: ReactNode }) => <div>{children}</div>;

/** The user's edits of a plan. */
export const PlanChanges = (plan: EditedPlan) => (
  <LazyScreenView screen={planDiff} frame={Frame} {...plan} />
);
