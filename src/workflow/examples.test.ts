import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openWorkflow } from './files.ts';
import { wavesOf } from './graph.ts';
import { withInferredConnections } from './inferred-connections.ts';
import { validateWorkflow } from './validate.ts';

const folder = join(import.meta.dirname, '../../examples');
const files = (await readdir(folder)).filter((name) => name.endsWith('.cerevisor'));

describe('the examples', () => {
  it('are there', () => {
    expect(files.length).toBeGreaterThanOrEqual(3);
  });

  it.each(files)('%s can be run in the cloud as it is', async (name) => {
    const opened = await openWorkflow(join(folder, name));
    if (!opened.ok) throw new Error(opened.error.message);
    const { workflow, notices } = opened.value;
    const problems = validateWorkflow(workflow, { mode: 'cloud' });
    expect([...notices, ...problems].filter(({ severity }) => severity !== 'notice')).toEqual([]);
    expect(withInferredConnections(workflow).workflow).toBe(workflow);
    expect(wavesOf(workflow).length).toBeGreaterThan(2);
  });
});
