import {
  Background,
  type OnNodeDrag,
  ReactFlow,
  useNodesState,
  useReactFlow,
  type Viewport,
  ViewportPortal,
} from '@xyflow/react';
import { type DragEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Problem } from '../../contract/error-views.ts';
import type { ProviderView } from '../../contract/providers.ts';
import { wavesOf } from '../../workflow/graph.ts';
import { agentId, connectionId } from '../../workflow/ids.ts';
import { providerOf, runModeOf, withDefaultProvider } from '../../workflow/placement.ts';
import type { RunMode } from '../../workflow/schema/settings.ts';
import type { Agent, Workflow } from '../../workflow/schema.ts';
import { openExecution } from '../kernel/route.ts';
import { AgentCard, type AgentNode } from './agent-card.tsx';
import './canvas.css';
import { cardHeight, cardWidth, columnsOf } from '../../workflow/edit/columns.ts';
import { addAgent, connect, placeAgents, removeSelected } from '../../workflow/edit/operations.ts';
import { findProvider, useProviders } from '../providers/use-providers.ts';
import { createEdges, leadsBack, leadsForward } from './edges.ts';
import { edit, setViewport } from './editor.ts';
import { FlowEdgeLine } from './flow-edge.tsx';
import { newAgent } from './new-agent.ts';
import { roleDragType } from './palette.tsx';
import { problemsAt } from './problems.ts';
import { type Selection, syncCardSelection } from './selection.ts';
import type { SessionOverlay } from './session-overlay.ts';
import { focusPanelOnEnter } from './shortcuts.ts';
import { initialView, useKeepCardInView, zoomRange } from './viewport.ts';

const nodeTypes = { agent: AgentCard };
const edgeTypes = { flow: FlowEdgeLine };

type CanvasContent = {
  workflow: Workflow;
  problems: readonly Problem[];
  selection: Selection;
  session: SessionOverlay | null;
};
type CanvasProps = CanvasContent & {
  onSelect: (selection: Selection, isSelected?: boolean) => void;
};

type NodeContent = Pick<CanvasContent, 'workflow' | 'problems' | 'session'> & {
  providers: readonly ProviderView[];
};

function createNodes({ workflow, problems, session, providers }: NodeContent): AgentNode[] {
  const defaultProviderId = providers.find(({ isDefault }) => isDefault)?.id;
  const { settings } = withDefaultProvider(workflow, defaultProviderId);
  return workflow.agents.map((agent, index) => ({
    id: agent.id,
    type: 'agent',
    position: { x: agent.position.x, y: agent.position.y },
    // Without a size a card stays hidden until it is measured.
    initialWidth: cardWidth,
    initialHeight: cardHeight,
    ariaLabel: `Agent ${agent.name}`,
    data: {
      agent,
      otherRunMode: otherRunModeOf(agent, workflow),
      provider: otherProviderOf(agent, settings, providers),
      run: session?.agents.get(agent.id) ?? null,
      problems: problemsAt(problems, 'agents', index),
      onRun: () => openExecution(null, agent.id),
    },
  }));
}

function otherRunModeOf(agent: Agent, { settings }: Workflow): RunMode | null {
  const mode = runModeOf(agent, settings);
  return mode === settings.runMode ? null : mode;
}

/** The name of the agent's provider, if it differs from the workflow's. */
function otherProviderOf(
  agent: Agent,
  settings: Workflow['settings'],
  providers: readonly ProviderView[],
): string | null {
  const common = providerOf({}, settings);
  const reference = providerOf(agent, settings);
  const provider = findProvider(providers, reference);
  if ((provider?.id ?? reference) === (findProvider(providers, common)?.id ?? common)) return null;
  return provider?.name ?? reference;
}

/** The graph of a workflow: agents in columns, with their connections. Its size determines the initial viewport. */
export function Canvas(props: CanvasProps) {
  const container = useRef<HTMLDivElement>(null);
  const { workflow } = props;
  const [first, setFirst] = useState<Viewport | null>(null);
  useLayoutEffect(() => {
    const { clientWidth: width = 0, clientHeight: height = 0 } = container.current ?? {};
    setFirst((known) => known ?? initialView(workflow, { width, height }));
  }, [workflow]);
  return (
    <div ref={container} className="size-full">
      {first === null ? null : <Flow {...props} first={first} />}
    </div>
  );
}

function Flow({ first, ...props }: CanvasProps & { first: Viewport }) {
  const { workflow, problems, selection, session, onSelect } = props;
  const { data } = useProviders();
  const content = useMemo(
    () => ({ workflow, problems, session, providers: data?.items ?? [] }),
    [workflow, problems, session, data],
  );
  const [initialNodes] = useState(() => createNodes(content));
  const [nodes, setNodes, onNodesChange] = useNodesState(initialNodes);
  const edgeContent = useMemo(() => ({ ...content, selection }), [content, selection]);
  const edges = useMemo(() => createEdges(edgeContent), [edgeContent]);
  const flow = useReactFlow();
  const keyMoveTimer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useKeepCardInView(
    workflow.agents.find(({ id }) => selection?.kind === 'agent' && selection.id === id),
  );

  useEffect(() => {
    setNodes((before) => {
      const known = new Map(before.map((node) => [node.id, node]));
      return createNodes(content).map((node) => {
        const { measured, selected = false } = known.get(node.id) ?? {};
        return measured === undefined ? node : { ...node, measured, selected };
      });
    });
  }, [content, setNodes]);

  const previousSelection = useRef<Selection>(null);
  useEffect(() => {
    const before = previousSelection.current;
    previousSelection.current = selection;
    setNodes((cards) => syncCardSelection(cards, before, selection));
  }, [selection, setNodes]);

  const place = (moved: readonly AgentNode[]) =>
    edit(placeAgents(new Map(moved.map(({ id, position }) => [agentId(id), position]))));
  const onDragStop: OnNodeDrag<AgentNode> = (_event, _node, moved) => {
    place(moved);
    // A card dropped in its own column has to snap back, although the document did not change.
    setNodes(createNodes(content));
  };

  const connectAgents = ({ source, target }: { source: string; target: string }) => {
    const [from, to] = [agentId(source), agentId(target)];
    if (leadsForward(workflow, { source, target })) return edit(connect(from, to));
    const edgeContent = connect(from, to, 'loop')(workflow);
    edit(() => edgeContent);
    // Opens the panel of a new loop, because it needs an exit condition.
    const loop = edgeContent.connections.at(-1);
    if (edgeContent !== workflow && loop !== undefined)
      onSelect({ kind: 'connection', id: loop.id });
  };

  const onDrop = (event: DragEvent) => {
    const role = event.dataTransfer.getData(roleDragType);
    if (role === '') return;
    event.preventDefault();
    const point = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
    const agent = newAgent(workflow, role, { x: point.x - cardWidth / 2, y: point.y - 48 });
    edit(addAgent(agent));
    onSelect({ kind: 'agent', id: agent.id });
  };

  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      onNodesChange={(changes) => {
        onNodesChange(changes);
        for (const change of changes)
          if (change.type === 'select')
            onSelect({ kind: 'agent', id: agentId(change.id) }, change.selected);
        // Arrow keys move a card without a drag, so its position is saved after a pause.
        const isByKey = changes.some((c) => c.type === 'position' && c.dragging === false);
        if (!isByKey) return;
        clearTimeout(keyMoveTimer.current);
        keyMoveTimer.current = setTimeout(() => {
          place(flow.getNodes().filter(({ selected }) => selected) as AgentNode[]);
        }, 600);
      }}
      onEdgesChange={(changes) => {
        for (const change of changes)
          if (change.type === 'select')
            onSelect({ kind: 'connection', id: connectionId(change.id) }, change.selected);
      }}
      onNodeDragStop={onDragStop}
      onDelete={(deleted) => {
        const agents = new Set(deleted.nodes.map(({ id }) => agentId(id)));
        edit(removeSelected(agents, new Set(deleted.edges.map(({ id }) => connectionId(id)))));
      }}
      onConnect={connectAgents}
      // Rejects invalid targets while the line is being drawn.
      isValidConnection={(edgeContent) =>
        leadsForward(workflow, edgeContent) || leadsBack(workflow, edgeContent)
      }
      onPaneClick={() => onSelect(null)}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(roleDragType)) event.preventDefault();
      }}
      onDrop={onDrop}
      deleteKeyCode={['Backspace', 'Delete']}
      defaultViewport={first}
      onKeyDown={focusPanelOnEnter}
      // A viewport that was not changed by the user is not stored in the file.
      onMoveEnd={(event, view) => event !== null && setViewport(view)}
      attributionPosition="bottom-left"
      minZoom={zoomRange.min}
      maxZoom={zoomRange.max}
      nodeDragThreshold={3}
    >
      <Background gap={24} size={1} />
      <WaveHeaders workflow={workflow} />
    </ReactFlow>
  );
}

/** The wave above each column. */
function WaveHeaders({ workflow }: { workflow: Workflow }) {
  const headers = useMemo(() => waveHeaders(workflow), [workflow]);
  return (
    <ViewportPortal>
      {headers.map(({ x, top, title }) => (
        <div
          key={x}
          className="absolute w-60 text-center font-medium text-muted text-sm"
          style={{ transform: `translate(${x}px, ${top - 36}px)` }}
        >
          {title}
        </div>
      ))}
    </ViewportPortal>
  );
}

function waveHeaders(workflow: Workflow) {
  const waveOf = new Map(
    wavesOf(workflow).flatMap((wave, index) => wave.map((id) => [id, index + 1] as const)),
  );
  const top = Math.min(...workflow.agents.map(({ position }) => position.y));
  return columnsOf(workflow.agents).map(({ x, agents }) => {
    const waves = [...new Set(agents.map(({ id }) => waveOf.get(id) ?? 0))].sort(
      (one, other) => one - other,
    );
    return { x, top, title: `${waves.length > 1 ? 'Waves' : 'Wave'} ${waves.join(', ')}` };
  });
}
