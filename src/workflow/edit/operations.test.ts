import { describe, expect, it } from 'vitest';
import { agentId, connectionId } from '../ids.ts';
import { type Workflow, workflowSchema } from '../schema.ts';
import { validateWorkflow } from '../validate.ts';
import { isAutomatic } from './automatic-connections.ts';
import { columnNumbers, columnWidth } from './columns.ts';
import {
  addAgent,
  connect,
  duplicateAgents,
  placeAgents,
  removeAgents,
  removeConnections,
  removeSelected,
  tidyUp,
  updateAgent,
  updateCloud,
  updateConnection,
  updateLoopAndEnhance,
} from './operations.ts';

function workflowWith(...agents: [id: string, column: number][]): Workflow {
  return agents.reduce(
    (workflow, [id, column]) => addAgent(agentAt(id, column))(workflow),
    workflowSchema.parse({ version: '1.0', id: 'w', name: 'Shop', agents: [] }),
  );
}

function agentAt(id: string, column: number) {
  return {
    id: agentId(id),
    name: id,
    role: 'developer',
    instructions: '',
    inputFiles: [],
    outputFiles: [],
    position: { x: column * columnWidth, y: 0 },
  };
}

const arrows = ({ connections }: Workflow) =>
  connections
    .map((each) => `${each.source}${isAutomatic(each) ? '..' : '--'}${each.target}`)
    .sort();

const at = (id: string, column: number) =>
  placeAgents(new Map([[agentId(id), { x: column * columnWidth + 30, y: 3 }]]));

describe('editing a workflow', () => {
  it('connects a new agent from every agent of the previous column', () => {
    const workflow = workflowWith(['plan', 0], ['ask', 0], ['build', 1]);
    expect(arrows(workflow)).toEqual(['ask..build', 'plan..build']);
  });

  it('preserves all other fields, including unknown ones', () => {
    const workflow = workflowSchema.parse({
      version: '1.0',
      id: 'w',
      name: 'Shop',
      agents: [
        {
          id: 'a',
          name: 'A',
          model: 'composer-2.5',
          modelParameters: { thinking: 'high' },
          mode: 'plan',
          images: [{ url: 'https://example.invalid/a.png', note: 'kept' }],
          subagents: [{ name: 's', description: 'd', prompt: 'p' }],
          invented: 1,
        },
      ],
      settings: {
        cloud: {
          repos: [{ url: 'https://github.com/a/b', prUrl: 'https://github.com/a/b/pull/1' }],
          envVars: ['TOKEN'],
          workOnCurrentBranch: true,
        },
      },
    });
    const renamed = updateAgent(agentId('a'), { name: 'B', model: undefined })(workflow);
    const { name: _name, model: _model, ...kept } = workflow.agents[0] ?? {};
    expect(renamed.agents[0]).toEqual({ ...kept, name: 'B' });
    const changed = updateCloud({ autoCreatePR: false })(renamed);
    expect(changed.settings.cloud).toEqual({ ...workflow.settings.cloud, autoCreatePR: false });
  });

  it('skips empty columns', () => {
    expect(arrows(workflowWith(['plan', 0], ['build', 3]))).toEqual(['plan..build']);
  });

  it('replaces the automatic connection between the same two agents, and no others', () => {
    const workflow = workflowWith(['plan', 0], ['ask', 0], ['build', 1]);
    const drawn = connect(agentId('plan'), agentId('build'))(workflow);
    expect(arrows(drawn)).toEqual(['ask..build', 'plan--build']);
    const both = connect(agentId('ask'), agentId('build'))(drawn);
    expect(arrows(both)).toEqual(['ask--build', 'plan--build']);
  });

  it('adds a loop with a limit, so that it can run at once', () => {
    const drawn = connect(
      agentId('build'),
      agentId('plan'),
      'loop',
    )(workflowWith(['plan', 0], ['build', 1]));
    expect(drawn.connections.at(-1)).toMatchObject({ flowType: 'loop', maxIterations: 3 });
    expect(validateWorkflow(drawn).map(({ code }) => code)).not.toContain('loop_without_exit');
    const straight = connect(
      agentId('plan'),
      agentId('build'),
    )(workflowWith(['plan', 0], ['build', 1]));
    expect(straight.connections.at(-1)).not.toHaveProperty('maxIterations');
  });

  it('preserves the connections to an agent with a drawn connection', () => {
    const workflow = workflowWith(['plan', 0], ['ask', 0], ['build', 1], ['check', 2]);
    const drawn = connect(agentId('plan'), agentId('build'))(workflow);
    const before = arrows(drawn);
    const grown = addAgent(agentAt('more', 3))(drawn);
    expect(arrows(grown)).toEqual([...before, 'check..more'].sort());
    expect(arrows(addAgent(agentAt('third', 0))(drawn))).toEqual(before);
    expect(arrows(at('check', 4)(drawn))).toEqual(before);
    const configured = updateConnection(connectionId('auto:plan->build'), { label: 'first' });
    expect(arrows(addAgent(agentAt('third', 0))(configured(workflow)))).toEqual(before);
  });

  it('removes an automatic connection that would lead back', () => {
    const workflow = workflowWith(['plan', 0], ['ask', 0], ['build', 1]);
    const drawn = connect(agentId('plan'), agentId('build'))(workflow);
    expect(arrows(at('ask', 4)(drawn))).toEqual(['build..ask', 'plan--build']);
  });

  it('does not restore a removed automatic connection', () => {
    const workflow = workflowWith(['plan', 0], ['ask', 0], ['build', 1]);
    const cut = removeConnections(new Set([connectionId('auto:ask->build')]))(workflow);
    expect(arrows(cut)).toEqual(['plan--build']);
    expect(arrows(addAgent(agentAt('third', 0))(cut))).toEqual(['plan--build']);
  });

  it('removes agents and connections that were selected together in one step', () => {
    const workflow = workflowWith(['plan', 0], ['ask', 0], ['build', 1], ['check', 2]);
    const edges = workflow.connections
      .filter(({ source, target }) => source === 'ask' || target === 'check')
      .map(({ id }) => id);
    const rest = removeSelected(new Set([agentId('ask')]), new Set(edges))(workflow);
    expect(arrows(rest)).toEqual(['plan..build']);
    expect(rest.agents.map(({ id }) => id)).toEqual(['plan', 'build', 'check']);
  });

  it('preserves drawn connections when agents are moved', () => {
    const workflow = workflowWith(['plan', 0], ['build', 1], ['check', 2]);
    const drawn = connect(agentId('plan'), agentId('check'))(workflow);
    expect(arrows(at('check', 4)(drawn))).toEqual(['build..check', 'plan--check', 'plan..build']);
  });

  it('connects an agent again when it is moved to another column', () => {
    const workflow = workflowWith(['plan', 0], ['build', 1], ['check', 2]);
    expect(arrows(at('check', 1)(workflow))).toEqual(['plan..build', 'plan..check']);
  });

  it('closes the gap that a removed agent leaves', () => {
    const workflow = workflowWith(['plan', 0], ['build', 1], ['check', 2]);
    const rest = removeAgents(new Set([agentId('build')]))(workflow);
    expect(arrows(rest)).toEqual(['plan..check']);
  });

  it('removes a removed agent from the verifiers, which are determined by role if none is left', () => {
    const [plan, build] = [agentId('plan'), agentId('build')];
    const workflow = updateLoopAndEnhance({ verifiers: [plan, build] })(
      workflowWith(['plan', 0], ['build', 1]),
    );
    const without = removeAgents(new Set([plan]))(workflow);
    expect(without.settings.loopAndEnhance.verifiers).toEqual([build]);
    const rest = removeAgents(new Set([build]))(without);
    expect(rest.settings.loopAndEnhance).not.toHaveProperty('verifiers');
  });

  it('drops an agent into the column that it is nearest to', () => {
    const [agent] = at('plan', 2)(workflowWith(['plan', 0], ['build', 2])).agents;
    expect(agent?.position.x).toBe(2 * columnWidth);
  });

  it('never places a card over another one', () => {
    const workflow = workflowWith(['plan', 0], ['build', 2], ['check', 4]);
    const drop = { x: 2 * columnWidth + 30, y: 3 };
    const places = new Map([
      [agentId('plan'), drop],
      [agentId('check'), { ...drop, y: 90 }],
    ]);
    const { agents } = placeAgents(places)(workflow);
    const ys = agents.map(({ position }) => position.y).sort((one, other) => one - other);
    for (const [index, y] of ys.slice(1).entries())
      expect(y - (ys[index] ?? 0)).toBeGreaterThan(100);
  });

  it('places copies without overlap, however many there are', () => {
    const workflow = workflowWith(['plan', 0], ['build', 1]);
    const grown = ['one', 'two', 'three'].reduce(
      (edited, id) => duplicateAgents(new Set([agentId('plan')]), () => agentId(id))(edited),
      workflow,
    );
    const ys = grown.agents
      .filter(({ position }) => position.x === 0)
      .map(({ position }) => position.y)
      .sort((one, other) => one - other);
    expect(ys).toHaveLength(4);
    for (const [index, y] of ys.slice(1).entries())
      expect(y - (ys[index] ?? 0)).toBeGreaterThan(100);
  });

  it('starts a new column if none is near', () => {
    const moved = at('plan', 5)(workflowWith(['plan', 0], ['build', 2]));
    expect(columnNumbers(moved.agents).get(agentId('plan'))).toBe(1);
    expect(arrows(moved)).toEqual(['build..plan']);
  });

  it('turns a configured connection into a drawn one', () => {
    const workflow = workflowWith(['plan', 0], ['build', 1]);
    const edited = updateConnection(connectionId('auto:plan->build'), {
      handoffFormat: 'full-output',
    })(workflow);
    expect(arrows(edited)).toEqual(['plan--build']);
    expect(edited.connections[0]).not.toHaveProperty('isAutomatic');
  });

  it('removes cleared fields and preserves unknown ones', () => {
    const workflow = workflowSchema.parse({
      version: '1.0',
      id: 'w',
      name: 'Shop',
      agents: [{ id: 'plan', name: 'Plan', model: 'fast', loops: 3 }],
    });
    const [agent] = updateAgent(agentId('plan'), { model: undefined })(workflow).agents;
    expect(agent).not.toHaveProperty('model');
    expect(agent).toHaveProperty('loops', 3);
  });

  it('changes nothing if a connection already exists', () => {
    const once = connect(
      agentId('plan'),
      agentId('build'),
    )(workflowWith(['plan', 0], ['build', 1]));
    expect(connect(agentId('plan'), agentId('build'))(once)).toBe(once);
  });

  it('arranges agents in the columns of their waves', () => {
    const workflow = connect(agentId('b'), agentId('a'))(workflowWith(['a', 0], ['b', 0]));
    const columns = tidyUp(workflow).agents.map(({ id, position }) => [id, position.x]);
    expect(columns).toEqual([
      ['a', columnWidth],
      ['b', 0],
    ]);
  });
});
