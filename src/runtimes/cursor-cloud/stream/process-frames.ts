import type { RawItem } from '../../../transcript/item.ts';
import type { FollowObserver } from '../../follow-types.ts';
import type { CursorTracker } from './cursor-tracker.ts';
import type { Frame } from './frame.ts';
import type { FrameItems } from './items.ts';
import type { RunStatusTracker } from './run-status-tracker.ts';

/**
 * What a batch of frames contained. `hasProgress`: something new. `hasContent`: output or actions of the agent.
 * `problem`: Cursor reported a problem with the stream.
 */
export type FrameSummary = {
  hasProgress: boolean;
  hasContent: boolean;
  problem: string | undefined;
};

type FrameConsumers = {
  readonly tracker: CursorTracker;
  readonly converter: FrameItems;
  readonly status: RunStatusTracker;
  readonly observer: FollowObserver;
};

/**
 * Passes a batch on in the order of the stream: facts to the status tracker, items with their cursor to the observer. Items
 * before a fact are reported first, so that they are complete when the fact settles the run.
 */
export function processFrames(
  frames: readonly Frame[],
  { tracker, converter, status, observer }: FrameConsumers,
): FrameSummary {
  const summary: FrameSummary = { hasProgress: false, hasContent: false, problem: undefined };
  const before = tracker.cursor;
  let reportedCursor = before;
  let items: RawItem[] = [];
  const flushItems = () => {
    const { cursor } = tracker;
    if (items.length === 0 && cursor === reportedCursor) return;
    observer.onItems(cursor === undefined ? { items } : { items, cursor });
    items = [];
    reportedCursor = cursor;
  };
  for (const frame of frames) {
    tracker.read(frame);
    if (isFact(frame)) {
      flushItems();
      readFact(frame, status, observer, summary);
      continue;
    }
    const item = converter.read(frame);
    const isWork = item !== null && workKinds.has(item.kind);
    status.readContent(item?.id ?? frame.id, isWork);
    summary.hasContent ||= isWork;
    if (item !== null) items.push(item);
  }
  flushItems();
  summary.hasProgress = summary.hasProgress || tracker.cursor !== before;
  return summary;
}

/** Items that show an agent at work. Boundaries and token counts may follow after the end of a run. */
const workKinds: ReadonlySet<RawItem['kind']> = new Set(['text', 'thinking', 'tool-call', 'other']);

/**
 * `status` and `error` describe the current state and are sent again after every reconnect: they are facts, not part of the
 * run's history. A result is also reported as a fact.
 */
const isFact = ({ event }: Frame): boolean =>
  event === 'status' || event === 'error' || event === 'result';

function readFact(
  frame: Frame,
  status: RunStatusTracker,
  observer: FollowObserver,
  summary: FrameSummary,
): void {
  const meaning = status.read(frame);
  switch (meaning.kind) {
    case 'problem':
      summary.problem = meaning.reason;
      return;
    case 'result':
      summary.hasProgress ||= meaning.isNew;
      return;
    case 'unreadable': {
      const detail = `Cursor sent ${meaning.subject} that cannot be read.`;
      const turnStatus = status.status;
      observer.onGap({
        reason: 'unreadable',
        detail,
        ...(turnStatus === undefined ? {} : { turnStatus }),
      });
      return;
    }
    case 'status':
    case 'other':
      return;
    default:
      meaning satisfies never;
  }
}
