import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openWorkflow } from './files.ts';
import { wavesOf } from './graph.ts';
import { withInferredConnections } from './inferred-connections.ts';
import { expressionProblems } from './rules/expressions.ts';
import { validateWorkflow } from './validate.ts';

const folder = join(import.meta.dirname, '../../examples');
const files = (await readdir(folder))
  .filter((name) => name.endsWith('.cerevisor'))
  .map((name) => join(folder, name));

async function problemsOf(file: string, mode: 'cloud' | 'local') {
  const opened = await openWorkflow(file);
  if (!opened.ok) throw new Error(opened.error.message);
  const { workflow, notices } = opened.value;
  const found = [...expressionProblems(workflow), ...validateWorkflow(workflow, { mode })];
  const problems = [...notices, ...found].filter(({ severity }) => severity !== 'notice');
  return { workflow, codes: problems.map(({ code }) => code) };
}

describe('the examples', () => {
  it('exist', () => {
    expect(files.length).toBeGreaterThanOrEqual(6);
  });

  it.each(files)('%s can be run in both modes as it is', async (file) => {
    const { workflow, codes } = await problemsOf(file, 'cloud');
    expect(codes).toEqual([]);
    expect((await problemsOf(file, 'local')).codes).toEqual([]);
    expect(withInferredConnections(workflow).workflow).toBe(workflow);
    expect(wavesOf(workflow).length).toBeGreaterThan(2);
  });
});
