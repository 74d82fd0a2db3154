import { type FocusEvent, type KeyboardEvent, useRef, useState } from 'react';
import type { ToolRequestView } from '../../contract/permissions.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { plural } from '../../lib/format.ts';
import { classNames } from '../design/class-names.ts';
import { Age } from '../design/relative-time.tsx';
import { isTyping } from '../kernel/typing.ts';
import { RequestCard } from './request-card.tsx';

/** Tool calls that wait: all in a list, and one of them whole below it. */
export function Requests({ session }: { session: SessionDetail }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const hasKeyboard = useRef(false);
  const { requests } = session;
  const place = Math.max(
    0,
    requests.findIndex(({ id }) => id === chosen),
  );
  const shown = requests[place];
  if (shown === undefined) return null;
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const next = requests[place + step];
    if (step === 0 || next === undefined || isTyping(event.target)) return;
    event.preventDefault();
    setChosen(next.id);
  };
  const leave = ({ relatedTarget, currentTarget }: FocusEvent) => {
    // A card that was answered is gone, and its focus leads nowhere: the next one takes it.
    if (relatedTarget !== null && !currentTarget.contains(relatedTarget))
      hasKeyboard.current = false;
  };
  return (
    <section
      aria-label="Permissions"
      className="flex flex-col gap-2"
      onKeyDown={move}
      onFocus={() => {
        hasKeyboard.current = true;
      }}
      onBlur={leave}
    >
      {requests.length === 1 ? null : (
        <h3 className="font-medium">
          {plural(requests.length, 'tool call')} of {agentsWords(requests)} wait for your permission
        </h3>
      )}
      {requests.length === 1 ? null : (
        <ol
          aria-label="All waiting requests"
          className="scroll-thin flex max-h-32 shrink-0 flex-col overflow-y-auto rounded-lg border"
        >
          {requests.map((request) => (
            <QueueRow
              key={request.id}
              request={request}
              name={nameOf(session, request)}
              isShown={request === shown}
              onChoose={() => setChosen(request.id)}
            />
          ))}
        </ol>
      )}
      <RequestCard
        key={shown.id}
        session={session}
        request={shown}
        name={nameOf(session, shown)}
        takesFocus={hasKeyboard.current}
      />
    </section>
  );
}

function QueueRow({
  request,
  name,
  isShown,
  onChoose,
}: {
  request: ToolRequestView;
  name: string;
  isShown: boolean;
  onChoose: () => void;
}) {
  return (
    <li className="border-line border-t first:border-t-0">
      <button
        type="button"
        aria-current={isShown}
        onClick={onChoose}
        className={classNames(
          'flex w-full items-baseline gap-3 px-3 py-1.5 text-left hover:bg-hover',
          isShown && 'bg-accent-soft',
        )}
      >
        <span className="shrink-0 font-medium">{name}</span>
        <span className="min-w-0 flex-1 truncate text-muted">{request.summary}</span>
        <span className="shrink-0 text-muted text-sm">
          <Age instant={request.askedAt} />
        </span>
      </button>
    </li>
  );
}

const agentsWords = (requests: readonly ToolRequestView[]): string =>
  plural(new Set(requests.map(({ agentId }) => agentId)).size, 'agent');

const nameOf = (session: SessionDetail, { agentId }: ToolRequestView): string =>
  session.agents.find(({ id }) => id === agentId)?.name ?? agentId;
