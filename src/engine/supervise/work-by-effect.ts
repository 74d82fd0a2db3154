import type { Effect } from '../../session/effects.ts';
import type { WorkInProgress } from '../api.ts';

/** The kinds of effects that stopping would interrupt. */
export const workByEffect: Readonly<Partial<Record<Effect['kind'], WorkInProgress>>> = {
  launch: 'launching',
  'resolve-launch': 'launching',
  'intend-resume': 'following-up',
  'send-follow-up': 'following-up',
  'hand-off': 'handing-off',
  'collect-artifacts': 'fetching-artifacts',
  'cancel-run': 'cancelling',
};
