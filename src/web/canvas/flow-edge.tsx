import {
  BaseEdge,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  getBezierPath,
} from '@xyflow/react';
import type { FlowType } from '../../workflow/schema.ts';
import { flowStyles } from './flow-styles.ts';
import { loopPath } from './loop-path.ts';

export type FlowEdge = Edge<
  {
    flowType: FlowType;
    label: string;
    /** The y position of a loop's line; null for other connections. */
    bottom: number | null;
    /** Its state in the session that is shown. */
    outcome: string | null;
  },
  'flow'
>;

/** A connection with its label. A loop goes around the cards. */
export function FlowEdgeLine(props: EdgeProps<FlowEdge>) {
  const { data, sourceX, sourceY, targetX, targetY } = props;
  const { flowType = 'always', label = '', bottom = null, outcome = null } = data ?? {};
  const [path, labelX, labelY] =
    bottom === null
      ? getBezierPath(props)
      : loopPath({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, bottom);
  const { icon: Icon, ink } = flowStyles[flowType];
  return (
    <>
      <BaseEdge
        path={path}
        {...(props.markerEnd !== undefined && { markerEnd: props.markerEnd })}
        {...(props.style !== undefined && { style: props.style })}
      />
      {label === '' ? null : (
        <EdgeLabelRenderer>
          <div
            title={outcome === null ? label : `${label}: ${outcome}`}
            // Clicks go to the line below.
            className="pointer-events-none absolute flex max-w-36 items-center gap-1 rounded-md border bg-surface px-1.5 text-sm"
            style={{
              transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)`,
            }}
          >
            {flowType === 'always' ? null : (
              <Icon aria-hidden size={12} className="shrink-0" color={ink} />
            )}
            <span className="truncate">{label}</span>
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}
