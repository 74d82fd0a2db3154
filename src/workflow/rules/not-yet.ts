import { type Problem, problem } from '../problem.ts';
import type { Workflow } from '../schema.ts';

/**
 * What a file may ask for and this version does not carry out. Running it in another way would do the wrong thing,
 * so it is an error wherever a workflow is validated. Whatever is carried out one day goes into these sets.
 */
type Feature = 'loop-and-enhance';
const featuresCarriedOut: ReadonlySet<Feature> = new Set([]);

/** What settings ask for. */
export function featureProblems({ settings }: Workflow): Problem[] {
  if (!settings.loopAndEnhance.enabled || featuresCarriedOut.has('loop-and-enhance')) return [];
  return [
    problem(
      'error',
      'loop_and_enhance_unsupported',
      ['settings', 'loopAndEnhance', 'enabled'],
      'Loop & Enhance is on, which this version of Cerevisor does not support.',
      'Turn it off. The file keeps its other settings.',
    ),
  ];
}
