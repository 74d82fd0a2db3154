import { ShieldCheck, Split } from 'lucide-react';
import { connectionStateLabels, loopName, loopText } from '../../contract/flow-text.ts';
import type { ConnectionView, LoopView } from '../../contract/flow-views.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { capitalized } from '../../lib/format.ts';
import { agentName } from '../../workflow/agent-name.ts';
import { flowStyles } from '../canvas/flow-styles.ts';
import { classNames } from '../design/class-names.ts';
import { MessageText } from '../design/message-text.tsx';

/** All loops, conditions, gates and blocked connections of the session, with their reasons. */
export function FlowPanel({ session }: { session: SessionDetail }) {
  const shown = session.connections.filter(isShown);
  if (shown.length === 0 && session.loops.length === 0) return null;
  return (
    <section aria-label="Flow" className="flex min-w-0 flex-col gap-2 border-t p-4">
      <h3 className="font-semibold">Flow</h3>
      <ul className="flex flex-col gap-1.5">
        {session.loops.map((loop) => (
          <LoopLine key={loop.id} session={session} loop={loop} />
        ))}
        {shown.map((connection) => (
          <ConnectionLine key={connection.id} session={session} connection={connection} />
        ))}
      </ul>
    </section>
  );
}

/** An unconditional connection is shown only if it is blocked. A loop's connection is covered by its loop. */
const isShown = ({ flowType, state }: ConnectionView): boolean =>
  flowType !== 'loop' && (flowType !== 'always' || state === 'blocked');

const lineClass = 'flex min-w-0 flex-wrap items-center gap-x-3 gap-y-0.5';

function LoopLine({ session, loop }: { session: SessionDetail; loop: LoopView }) {
  const { icon: Icon, ink } = flowStyles.loop;
  return (
    <li className={lineClass}>
      <span className="flex items-center gap-1.5">
        <Icon aria-label="Loop" role="img" size={14} color={ink} className="shrink-0" />
        {loopName(loop, session, '→')}
      </span>
      <span className={classNames('min-w-0 [overflow-wrap:anywhere]', loopColor(loop))}>
        <MessageText text={capitalized(loopText(loop))} />
      </span>
    </li>
  );
}

/** A loop that ended without its exit condition left something undone, even if its session has finished. */
function loopColor({ state, cause }: LoopView): string {
  if (state !== 'ended') return '';
  if (cause === 'most-rounds') return 'text-warn';
  return cause === 'failed' || cause === 'rejected' ? 'text-danger' : 'text-muted';
}

const colors: Readonly<Record<ConnectionView['state'], string>> = {
  pending: 'text-muted',
  'awaiting-approval': 'text-warn',
  taken: 'text-ok',
  'not-taken': 'text-muted',
  blocked: 'text-danger',
};

function ConnectionLine({
  session,
  connection: { source, target, flowType, label, state, reason },
}: {
  session: SessionDetail;
  connection: ConnectionView;
}) {
  const { name, ink } = flowStyles[flowType];
  const Icon = flowType === 'approval-gate' ? ShieldCheck : Split;
  return (
    <li className={lineClass}>
      <span className="flex items-center gap-1.5">
        <Icon aria-label={name} role="img" size={14} color={ink} className="shrink-0" />
        {agentName(session, source)} → {agentName(session, target)}
        {label === null ? null : <span className="text-muted">({label})</span>}
      </span>
      <span className={classNames('font-medium', colors[state])}>
        {capitalized(connectionStateLabels[state])}
      </span>
      {reason === null ? null : (
        <span className="min-w-0 text-muted [overflow-wrap:anywhere]">
          <MessageText text={reason} />
        </span>
      )}
    </li>
  );
}
