import { describe, expect, it } from 'vitest';
import { sampleWorkflow } from '../../testing/sample-workflow.ts';
import { wavesOf } from './graph.ts';
import { withInferredConnections } from './inferred-connections.ts';

const writer = { id: 'writer', outputFiles: ['docs/plan.md', 'data.json'] };
const reader = { id: 'reader', inputFiles: ['./docs/plan.md', 'data.json', 'other.md'] };

describe('declared files', () => {
  it('make the reader wait for the writer, with a notice', () => {
    const { workflow, problems } = withInferredConnections(
      sampleWorkflow({ agents: [reader, writer] }),
    );
    expect(wavesOf(workflow)).toEqual([['writer'], ['reader']]);
    expect(workflow.connections).toMatchObject([
      { id: 'inferred:writer->reader', handoffFormat: 'file-reference', flowType: 'always' },
    ]);
    expect(problems).toMatchObject([
      { code: 'connection_inferred', severity: 'notice', pointer: 'agents[0].inputFiles' },
    ]);
  });

  it('add nothing if the drawn connections already make the reader wait', () => {
    const drawn = sampleWorkflow({
      agents: [writer, 'between', reader],
      connections: ['writer->between', 'between->reader'],
    });
    expect(withInferredConnections(drawn)).toEqual({ workflow: drawn, problems: [] });
  });

  it('are an error if they contradict the drawn order or each other', () => {
    const against = sampleWorkflow({ agents: [writer, reader], connections: ['reader->writer'] });
    expect(withInferredConnections(against)).toMatchObject({
      workflow: against,
      problems: [{ code: 'file_dependency_cycle', severity: 'error' }],
    });
    const circle = sampleWorkflow({
      agents: [
        { id: 'a', inputFiles: ['b.md'], outputFiles: ['a.md'] },
        { id: 'b', inputFiles: ['a.md'], outputFiles: ['b.md'] },
      ],
    });
    const { problems } = withInferredConnections(circle);
    expect(problems).toMatchObject([{ code: 'file_dependency_cycle' }]);
    expect(problems[0]?.message).toContain('Agent a -> Agent b -> Agent a');
  });

  it('allow agents to edit the same file one after the other', () => {
    const editor = { inputFiles: ['notes.md'], outputFiles: ['notes.md'] };
    const agents = [
      { id: 'a', ...editor },
      { id: 'b', ...editor },
      { id: 'c', outputFiles: ['notes.md'] },
    ];
    const workflow = sampleWorkflow({ agents, connections: ['a->b', 'b->c'] });
    expect(withInferredConnections(workflow)).toEqual({ workflow, problems: [] });
  });
});
