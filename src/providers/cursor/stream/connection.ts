import type { FollowObserver, Frame } from '../../port.ts';
import type { FactLedger } from './facts.ts';
import type { PairTracker } from './pairs.ts';

/** What one connection brought, besides the frames it passed on. */
export type Findings = { hasNews: boolean; trouble: string | undefined };

/** Passes a batch on: facts to the ledger, frames and the cursor behind them to the observer. */
export function takeFrames(
  frames: readonly Frame[],
  tracker: PairTracker,
  ledger: FactLedger,
  observer: FollowObserver,
): Findings {
  const findings: Findings = { hasNews: false, trouble: undefined };
  const before = tracker.cursor;
  const passed: Frame[] = [];
  const facts: (() => void)[] = [];
  for (const frame of frames) {
    tracker.read(frame);
    if (isHistory(frame, tracker)) passed.push(frame);
    if (frame.event === 'status' || frame.event === 'error' || frame.event === 'result') {
      facts.push(() => readFact(frame, ledger, observer, findings));
    }
  }
  const { cursor } = tracker;
  findings.hasNews = cursor !== before;
  // Frames first: whoever settles a run on a fact already has everything that came before it.
  if (passed.length > 0) {
    observer.onFrames(cursor === undefined ? { frames: passed } : { frames: passed, cursor });
  }
  for (const tell of facts) tell();
  return findings;
}

/**
 * `status` and `error` describe the moment of a connection and come again with every reconnect, and a `done`
 * without a result only closes the connection: they are facts and reasons, not part of the run's history.
 */
function isHistory({ event }: Frame, tracker: PairTracker): boolean {
  if (event === 'done') return tracker.isAtEnd;
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
