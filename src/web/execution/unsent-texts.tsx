import { Button } from '../design/button.tsx';
import { Callout } from '../design/callout.tsx';
import { CopyButton } from '../design/copy-button.tsx';
import type { Draft } from './draft-store.ts';
import { drafts } from './drafts.ts';

/** What was typed at places that are gone, to be copied or discarded. */
export function UnsentTexts({ texts }: { texts: readonly Draft[] }) {
  return texts.map((draft) => (
    <Callout
      key={draft.id}
      tone="notice"
      title={`What you wrote was not sent: ${draft.about}`}
      action={
        <>
          <CopyButton text={draft.text} label="Copy what you wrote" />
          <Button size="small" onClick={() => drafts.write(draft, '')}>
            Discard
          </Button>
        </>
      }
    >
      {/* Not as a plain string, which would be shown as a message of the app. */}
      <span className="whitespace-pre-wrap">{draft.text}</span>
    </Callout>
  ));
}
