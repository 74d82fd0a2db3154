import { expect, it } from 'vitest';
import { lastMessage } from './last-message.ts';

type Given = {
  readonly kind: string;
  readonly text?: string;
  readonly itemIds?: readonly string[];
};

/** A journal that has these items of one turn, the oldest first. */
function messageIn(...items: readonly Given[]): string | undefined {
  const events = items.map((item, index) => ({
    seq: index + 1,
    event: { type: 'TranscriptItem', turnId: 'turn-1', itemId: `item-${index + 1}`, item },
  }));
  const journal = { flush: () => undefined, sessionEvents: () => events.toReversed() };
  // Of the journal, only these two are used.
  return lastMessage(journal as never, 's_1' as never, { agentId: 'a', turnId: 'turn-1' } as never);
}

it('is the text after the last tool call', () => {
  expect(
    messageIn(
      { kind: 'text', text: 'First.' },
      { kind: 'tool-call' },
      { kind: 'text', text: 'Last.' },
    ),
  ).toBe('Last.');
});

it('omits retracted text that was streamed again', () => {
  expect(
    messageIn(
      { kind: 'text', text: 'Half' },
      { kind: 'retracted', itemIds: ['item-1'] },
      { kind: 'text', text: 'Half and all.' },
    ),
  ).toBe('Half and all.');
});
