import { useNodesState } from '@xyflow/react';
import { useEffect, useRef, useState } from 'react';
import { createNodes, type NodeContent } from './nodes.ts';
import { type Selection, syncCardSelection } from './selection.ts';

/** The nodes of the canvas, kept in sync with the document and the selection. */
export function useAgentNodes(content: NodeContent, selection: Selection) {
  const [initialNodes] = useState(() => createNodes(content));
  const [nodes, setNodes, onNodesChange] = useNodesState(initialNodes);

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

  return { nodes, setNodes, onNodesChange };
}
