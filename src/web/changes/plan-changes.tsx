import type { ReactNode } from 'react';
import { LazyScreen, LazyScreenView } from '../shell/lazy-screen.tsx';
import type { EditedPlan } from './plan-diff.tsx';

/** Diffs and their grammars are read when somebody looks at changes. */
const planDiff = new LazyScreen<EditedPlan>(() =>
  import('./plan-diff.tsx').then((module) => module.PlanDiff),
);

const Frame = ({ children }: { children: ReactNode }) => <div>{children}</div>;

/** What a person changed in a plan. */
export const PlanChanges = (plan: EditedPlan) => (
  <LazyScreenView screen={planDiff} frame={Frame} {...plan} />
);
