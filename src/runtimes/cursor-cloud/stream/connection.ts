import type { RawItem } from '../../../transcript/item.ts';
import type { FollowObserver } from '../../port.ts';
import type { Frame } from './frame.ts';
import type { FrameItems } from './items.ts';
import type { PairTracker } from './pairs.ts';
import type { FactLedger } from './run-status-tracker.ts';

/** What one connection brought, besides the frames it passed on. */
export type Findings = { hasNews: boolean; trouble: string | undefined };

/** Passes a batch on: facts to the ledger, items and the cursor behind them to the observer. */
export function takeFrames(
  frames: readonly Frame[],
  tracker: PairTracker,
  reader: FrameItems,
  ledger: FactLedger,
  observer: FollowObserver,
): Findings {
  const findings: Findings = { hasNews: false, trouble: undefined };
  const before = tracker.cursor;
  const items: RawItem[] = [];
  const facts: (() => void)[] = [];
  for (const frame of frames) {
    tracker.read(frame);
    const item = isHistory(frame) ? reader.read(frame) : null;
    if (item !== null) items.push(item);
    if (frame.event === 'status' || frame.event === 'error' || frame.event === 'result') {
      facts.push(() => readFact(frame, ledger, observer, findings));
    }
  }
  const { cursor } = tracker;
  findings.hasNews = cursor !== before;
  // Items first: whoever settles a run on a fact already has everything that came before it.
  if (items.length > 0 || findings.hasNews) {
    observer.onItems(cursor === undefined ? { items } : { items, cursor });
  }
  for (const tell of facts) tell();
  return findings;
}

/**
 * `status` and `error` describe the moment of a connection and come again with every reconnect: they are facts and
 * reasons, not part of the run's history.
 */
function isHistory({ event }: Frame): boolean {
  return event !== 'status' && event !== 'error';
}

function readFact(
  frame: Frame,
  ledger: FactLedger,
  observer: FollowObserver,
  findings: Findings,
): void {
  const meaning = ledger.read(frame);
  switch (meaning.kind) {
    case 'trouble':
      findings.trouble = meaning.reason;
      return;
    case 'result':
      findings.hasNews ||= meaning.isNew;
      return;
    case 'unreadable': {
      const detail = `Cursor sent ${meaning.what} that cannot be read.`;
      const runStatus = ledger.status;
      observer.onGap({
        reason: 'unreadable',
        detail,
        ...(runStatus === undefined ? {} : { runStatus }),
      });
      return;
    }
    case 'status':
    case 'content':
      return;
    default:
      meaning satisfies never;
  }
}
