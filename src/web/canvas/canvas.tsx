import { Background, type OnNodeDrag, ReactFlow, useReactFlow, type Viewport } from '@xyflow/react';
import { type DragEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { agentId, connectionId } from '../../workflow/ids.ts';
import { AgentCard, type AgentNode } from './agent-card.tsx';
import './canvas.css';
import { cardWidth } from '../../workflow/edit/columns.ts';
import { addAgent, connect, placeAgents, removeSelected } from '../../workflow/edit/operations.ts';
import { useProviders } from '../providers/use-providers.ts';
import { ConnectionLine } from './connection-line.tsx';
import { type CanvasContent, createEdges, leadsBack, leadsForward } from './edges.ts';
import { edit, setViewport } from './editor.ts';
import { FlowEdgeLine } from './flow-edge.tsx';
import { newAgent } from './new-agent.ts';
import { createNodes } from './nodes.ts';
import { roleDragType } from './palette.tsx';
import { type Selection, selectedAgents } from './selection.ts';
import { focusPanelOnEnter } from './shortcuts.ts';
import { useAgentNodes } from './use-agent-nodes.ts';
import { initialView, useKeepInView, zoomRange } from './viewport.ts';
import { WaveHeaders } from './wave-headers.tsx';

const nodeTypes = { agent: AgentCard };
const edgeTypes = { flow: FlowEdgeLine };

type CanvasProps = CanvasContent & {
  onSelect: (selection: Selection, isSelected?: boolean) => void;
};

/** The graph of a workflow: agents in columns, with their connections. Its size determines the initial viewport. */
export function Canvas(props: CanvasProps) {
  const container = useRef<HTMLDivElement>(null);
  const { workflow } = props;
  const [initialViewport, setInitialViewport] = useState<Viewport | null>(null);
  useLayoutEffect(() => {
    const { clientWidth: width = 0, clientHeight: height = 0 } = container.current ?? {};
    setInitialViewport((known) => known ?? initialView(workflow, { width, height }));
  }, [workflow]);
  return (
    <div ref={container} className="size-full">
      {initialViewport === null ? null : <Flow {...props} initialViewport={initialViewport} />}
    </div>
  );
}

function Flow({ initialViewport, ...props }: CanvasProps & { initialViewport: Viewport }) {
  const { workflow, problems, selection, session, onSelect } = props;
  const { data } = useProviders();
  const content = useMemo(
    () => ({ workflow, problems, session, providers: data?.items ?? [] }),
    [workflow, problems, session, data],
  );
  const { nodes, setNodes, onNodesChange } = useAgentNodes(content, selection);
  const edges = useMemo(() => createEdges({ ...content, selection }), [content, selection]);
  const flow = useReactFlow();
  const keyMoveTimer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useKeepInView(selectedAgents(workflow, selection));

  const savePositions = (moved: readonly AgentNode[]) =>
    edit(placeAgents(new Map(moved.map(({ id, position }) => [agentId(id), position]))));
  const onDragStop: OnNodeDrag<AgentNode> = (_event, _node, moved) => {
    savePositions(moved);
    // A card dropped in its own column has to snap back, although the document did not change.
    setNodes(createNodes(content));
  };

  const connectAgents = ({ source, target }: { source: string; target: string }) => {
    const [from, to] = [agentId(source), agentId(target)];
    if (leadsForward(workflow, { source, target })) return edit(connect(from, to));
    const connected = connect(from, to, 'loop')(workflow);
    edit(() => connected);
    // Opens the panel of a new loop, because it needs an exit condition.
    const loop = connected.connections.at(-1);
    if (connected !== workflow && loop !== undefined) onSelect({ kind: 'connection', id: loop.id });
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
          // All nodes of this canvas are agents.
          savePositions(flow.getNodes().filter(({ selected }) => selected) as AgentNode[]);
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
      connectionLineComponent={ConnectionLine}
      // Rejects invalid targets while the line is being drawn.
      isValidConnection={(connection) =>
        leadsForward(workflow, connection) || leadsBack(workflow, connection)
      }
      onPaneClick={() => onSelect(null)}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(roleDragType)) event.preventDefault();
      }}
      onDrop={onDrop}
      deleteKeyCode={['Backspace', 'Delete']}
      defaultViewport={initialViewport}
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
