import type { RawItem } from '../../../transcript/item.ts';
import type { FollowObserver } from '../../turn-reading.ts';
import type { Frame } from './frame.ts';
import type { FrameItems } from './items.ts';
import type { PairTracker } from './pairs.ts';
import type { RunStatusTracker } from './run-status-tracker.ts';

/** What one connection brought, besides the frames it passed on. `hasContent`: the agent said or did something. */
export type Findings = { hasNews: boolean; hasContent: boolean; trouble: string | undefined };

/**
 * Passes a batch on in the order of the wire: facts to the status tracker, items and the cursor behind them to the observer.
 * What came before a fact is told before it: whoever settles a run on a fact already has all of it.
 */
export function takeFrames(
  frames: readonly Frame[],
  tracker: PairTracker,
  reader: FrameItems,
  status: RunStatusTracker,
  observer: FollowObserver,
): Findings {
  const findings: Findings = { hasNews: false, hasContent: false, trouble: undefined };
  const before = tracker.cursor;
  let told = before;
  let items: RawItem[] = [];
  const tellItems = () => {
    const { cursor } = tracker;
    if (items.length === 0 && cursor === told) return;
    observer.onItems(cursor === undefined ? { items } : { items, cursor });
    items = [];
    told = cursor;
  };
  for (const frame of frames) {
    tracker.read(frame);
    if (isFact(frame)) {
      tellItems();
      readFact(frame, status, observer, findings);
      continue;
    }
    const item = reader.read(frame);
    const isWork = item !== null && workKinds.has(item.kind);
    status.readContent(item?.id ?? frame.id, isWork);
    findings.hasContent ||= isWork;
    if (item !== null) items.push(item);
  }
  tellItems();
  findings.hasNews = findings.hasNews || tracker.cursor !== before;
  return findings;
}

/** Items that show an agent at work. Boundaries and token counts may trail behind the end of a run. */
const workKinds: ReadonlySet<RawItem['kind']> = new Set(['text', 'thinking', 'tool-call', 'other']);

/**
 * `status` and `error` describe the moment of a connection and come again with every reconnect: they are facts and
 * reasons, not part of the run's history. A result is told as a fact.
 */
const isFact = ({ event }: Frame): boolean =>
  event === 'status' || event === 'error' || event === 'result';

function readFact(
  frame: Frame,
  status: RunStatusTracker,
  observer: FollowObserver,
  findings: Findings,
): void {
  const meaning = status.read(frame);
  switch (meaning.kind) {
    case 'trouble':
      findings.trouble = meaning.reason;
      return;
    case 'result':
      findings.hasNews ||= meaning.isNew;
      return;
    case 'unreadable': {
      const detail = `Cursor sent ${meaning.what} that cannot be read.`;
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
