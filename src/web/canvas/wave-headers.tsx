import { ViewportPortal } from '@xyflow/react';
import { useMemo } from 'react';
import { formatRanges } from '../../lib/format.ts';
import { columnsOf } from '../../workflow/edit/columns.ts';
import { wavesOf } from '../../workflow/graph.ts';
import type { Workflow } from '../../workflow/schema.ts';

/** The wave above each column. */
export function WaveHeaders({ workflow }: { workflow: Workflow }) {
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
    return { x, top, title: `${waves.length > 1 ? 'Waves' : 'Wave'} ${formatRanges(waves)}` };
  });
}
