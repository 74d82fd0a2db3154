import { describe, expect, it } from 'vitest';
import { problem } from '../../workflow/problem.ts';
import { problemsAt } from './problems.ts';

describe('problemsAt', () => {
  const problems = [
    problem('error', 'name_missing', ['agents', 0, 'name'], 'No name.'),
    problem('warning', 'same_output', ['agents', 1], 'Two write it.'),
  ].map((each) => ({ ...each, path: [...each.path] }));

  it('finds problems at a path and below it', () => {
    expect(problemsAt(problems, 'agents', 0)).toHaveLength(1);
    expect(problemsAt(problems, 'agents', 1, 'name')).toHaveLength(0);
    expect(problemsAt(problems)).toHaveLength(2);
  });
});
