import { describe, expect, it } from 'vitest';
import fc from '../../testing/properties.ts';
import { formatWorkflow } from './format.ts';
import { agentId } from './ids.ts';
import { parseWorkflow } from './parse.ts';
import { type Workflow, workflowSchema } from './schema.ts';

const byHand = `{
    "name": "By hand",  "version": "1.0",
    "note": "mine",
    "agents": [ {"name": "A", "id": "a", "x-color": "red"},
                {"id": "b", "name": "B"} ],
    "id": "w"
}`;

function parsed(text: string): Workflow {
  const result = parseWorkflow(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.workflow;
}

/** Objects whose keys no schema knows, so that they must come through untouched. */
const extras = fc
  .dictionary(fc.stringMatching(/^x-[a-z]{1,5}$/), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 })
  // JSON knows no negative zero.
  .map((value): Record<string, unknown> => JSON.parse(JSON.stringify(value)));
const documents = fc
  .tuple(
    extras,
    fc.uniqueArray(fc.tuple(fc.nat(5), extras), { selector: ([id]) => id, maxLength: 4 }),
    extras,
    extras,
    extras,
  )
  .map(([root, agents, position, settings, cloud]) => ({
    ...root,
    version: '1.0' as const,
    name: 'W',
    id: 'w',
    agents: agents.map(([id, extra]) => ({ ...extra, id: `a${id}`, name: 'A', position })),
    settings: { ...settings, cloud: { ...cloud, repos: [{ url: 'u', ...cloud }] } },
  }));

describe('writing a workflow', () => {
  it('returns the same bytes if nothing changed', () => {
    for (const text of [
      byHand,
      `\uFEFF${byHand}`,
      byHand.replaceAll('\n', '\r\n'),
      `${byHand}\n\n`,
    ])
      expect(formatWorkflow(parsed(text), text)).toBe(text);
    fc.assert(
      fc.property(documents, fc.constantFrom(0, 2, '\t'), (document, indentation) => {
        const text = JSON.stringify(document, null, indentation);
        expect(formatWorkflow(parsed(text), text)).toBe(text);
      }),
    );
  });

  it('preserves unknown fields without the old text too', () => {
    fc.assert(
      fc.property(documents, (document) => {
        const workflow = workflowSchema.parse(document);
        expect(parsed(formatWorkflow(workflow))).toEqual(workflow);
      }),
    );
  });

  it('writes only changes, and no defaults', () => {
    const workflow = parsed(byHand);
    const renamed = { ...workflow, name: 'Renamed' };
    expect(formatWorkflow(renamed, byHand)).toBe(byHand.replace('By hand', 'Renamed'));
  });

  it('preserves formatting when a card is moved to negative zero, which is zero in JSON', () => {
    const text = byHand.replace('"x-color"', '"position": {"x": 0, "y": 3}, "x-color"');
    const workflow = parsed(text);
    const agents = workflow.agents.map((agent) => ({ ...agent, position: { x: -0, y: -0 } }));
    expect(formatWorkflow({ ...workflow, agents }, text)).toBe(text.replace('"y": 3', '"y": 0'));
  });

  it('removes an agent without changing those after it', () => {
    const rows = ['a', 'b', 'c', 'd'].map((id) => `    {"name":"${id}",   "id": "${id}"}`);
    const text = `{"version": "1.0", "id": "w", "name": "W",\n  "agents": [\n${rows.join(',\n')}\n  ]\n}`;
    const workflow = parsed(text);
    const without = { ...workflow, agents: workflow.agents.filter(({ id }) => id !== 'a') };
    const written = formatWorkflow(without, text);
    expect(written).toContain(rows.slice(2).join(',\n'));
    expect(parsed(written)).toEqual(without);
  });

  it('is parsed as the workflow that was written, whatever was edited', () => {
    fc.assert(
      fc.property(documents, documents, (before, after) => {
        const text = JSON.stringify(before, null, 2);
        const workflow = workflowSchema.parse(after);
        expect(parsed(formatWorkflow(workflow, text))).toEqual(workflow);
      }),
    );
    const workflow = parsed(byHand);
    const [, second] = workflow.agents;
    const without = { ...workflow, agents: second ? [second] : [] };
    expect(parsed(formatWorkflow(without, byHand))).toEqual(without);
    const [first] = workflow.agents;
    const more = first ? [...workflow.agents, { ...first, id: agentId('c') }] : [];
    const longer = { ...workflow, agents: more };
    expect(parsed(formatWorkflow(longer, byHand))).toEqual(longer);
  });

  it('preserves the formatting of a large file in which every agent was moved', () => {
    const agents = Array.from({ length: 500 }, (_, index) => ({
      id: `a${index}`,
      name: 'A',
      position: { x: index, y: 0 },
    }));
    const text = JSON.stringify({ version: '1.0', id: 'w', name: 'W', agents }, null, '\t');
    const workflow = parsed(text);
    const moved = workflow.agents.map((agent) => ({
      ...agent,
      position: { ...agent.position, y: 7 },
    }));
    expect(formatWorkflow({ ...workflow, agents: moved }, text)).toBe(
      text.replaceAll('"y": 0', '"y": 7'),
    );
  });

  it('rewrites the file if the old text is not a workflow or has a duplicate key', () => {
    expect(parsed(formatWorkflow(parsed(byHand), 'nonsense'))).toEqual(parsed(byHand));
    const twice = byHand.replace('"note"', '"id": "old", "note"');
    const changed = { ...parsed(twice), name: 'N', id: parsed(byHand.replace('"w"', '"new"')).id };
    expect(parsed(formatWorkflow(changed, twice))).toEqual(changed);
  });
});
