import {
  type ConnectionLineComponentProps,
  getBezierPath,
  Position,
  useReactFlow,
} from '@xyflow/react';
import type { AgentNode } from './agent-card.tsx';
import { loopPath, lowestLine } from './loop-path.ts';

/** The line of a connection while it is being drawn. As soon as it leads back, it goes around the cards, as a loop does. */
export function ConnectionLine(props: ConnectionLineComponentProps<AgentNode>) {
  const { fromX, fromY, toX, toY, fromPosition, toPosition } = props;
  const flow = useReactFlow();
  const [from, to] = [
    { x: fromX, y: fromY },
    { x: toX, y: toY },
  ];
  // It can be drawn from either end.
  const [start, end] = fromPosition === Position.Right ? [from, to] : [to, from];
  const cards = flow.getNodes().map(({ position }) => position);
  const [path] =
    end.x < start.x
      ? loopPath(start, end, lowestLine(cards, start, end))
      : getBezierPath({
          sourceX: fromX,
          sourceY: fromY,
          sourcePosition: fromPosition,
          targetX: toX,
          targetY: toY,
          targetPosition: toPosition,
        });
  return <path d={path} fill="none" className="react-flow__connection-path" />;
}
