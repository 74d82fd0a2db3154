import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openWorkflow } from './files.ts';
import { wavesOf } from './graph.ts';
import { withInferredConnections } from './inferred-connections.ts';
import { expressionProblems } from './rules/expressions.ts';
import { validateWorkflow } from './validate.ts';

const folder = join(import.meta.dirname, '../../examples');
const filesIn = async (path: string) =>
  (await readdir(path))
    .filter((name) => name.endsWith('.cerevisor'))
    .map((name) => join(path, name));
const files = await filesIn(folder);
/** Not in the list of the app, and not in the package, until they can run. */
const later = await filesIn(join(folder, 'control-flow'));

async function problemsOf(file: string) {
  const opened = await openWorkflow(file);
  if (!opened.ok) throw new Error(opened.error.message);
  const { workflow, notices } = opened.value;
  const found = [...expressionProblems(workflow), ...validateWorkflow(workflow, { mode: 'cloud' })];
  const problems = [...notices, ...found].filter(({ severity }) => severity !== 'notice');
  return { workflow, codes: problems.map(({ code }) => code) };
}

describe('the examples', () => {
  it('are there', () => {
    expect(files.length).toBeGreaterThanOrEqual(3);
    expect(later.length).toBeGreaterThanOrEqual(3);
  });

  it.each(files)('%s can be run in the cloud as it is', async (file) => {
    const { workflow, codes } = await problemsOf(file);
    expect(codes).toEqual([]);
    expect(withInferredConnections(workflow).workflow).toBe(workflow);
    expect(wavesOf(workflow).length).toBeGreaterThan(2);
  });

  it.each(later)('%s can be run with its control flow', async (file) => {
    const { workflow, codes } = await problemsOf(file);
    expect(codes).toEqual([]);
    expect(wavesOf(workflow).length).toBeGreaterThan(2);
  });
});
