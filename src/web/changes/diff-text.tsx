import { Fragment, useMemo, useState } from 'react';
import {
  Decoration,
  Diff,
  type DiffType,
  Hunk,
  type HunkData,
  markEdits,
  type TokenizeOptions,
  tokenize,
} from 'react-diff-view';
import 'react-diff-view/style/index.css';
import type { ChangedFileView } from '../../contract/changes.ts';
import { plural } from '../../lib/format.ts';
import { Button } from '../design/button.tsx';
import './diff.css';
import { useDiffLayout } from './diff-layout.ts';
import { languageOf, refractor } from './languages.ts';
import { canHighlight, countLines, takeLines, unchangedBefore } from './patch.ts';

/** Browsers lay out this many lines without a noticeable delay. */
const lineBatch = 1_500;

const types: Readonly<Record<ChangedFileView['status'], DiffType>> = {
  added: 'add',
  modified: 'modify',
  deleted: 'delete',
  renamed: 'rename',
  copied: 'copy',
  'type-changed': 'modify',
};

/** A diff with syntax highlighting. React renders everything as text, so file content never becomes markup. */
export function DiffText({ file, hunks }: { file: ChangedFileView; hunks: readonly HunkData[] }) {
  const [maxLines, setMaxLines] = useState(lineBatch);
  const layout = useDiffLayout();
  const shown = useMemo(() => takeLines(hunks, maxLines), [hunks, maxLines]);
  const tokens = useMemo(() => tokenizeHunks(shown, file.path), [shown, file.path]);
  const hidden = countLines(hunks) - countLines(shown);
  return (
    <>
      <Diff
        viewType={layout}
        diffType={types[file.status]}
        hunks={shown}
        tokens={tokens}
        className={layout === 'split' ? 'diff-split' : 'diff-unified'}
      >
        {(visible) =>
          visible.map((hunk, index) => (
            <Fragment key={hunk.content}>
              <HunkStart hunk={hunk} previous={visible[index - 1]} />
              <Hunk hunk={hunk} />
            </Fragment>
          ))
        }
      </Diff>
      {hidden === 0 ? null : (
        <div className="flex items-center gap-3 border-t p-3 text-muted">
          <span>{plural(hidden, 'more line')}</span>
          <Button size="small" onClick={() => setMaxLines(maxLines + lineBatch)}>
            Show {Math.min(hidden, lineBatch)} more
          </Button>
        </div>
      )}
    </>
  );
}

/** How many lines were omitted before a hunk, and the section of the file that it is in. */
function HunkStart({ hunk, previous }: { hunk: HunkData; previous: HunkData | undefined }) {
  const unchanged = unchangedBefore(hunk, previous);
  const section = /^@@[^@]*@@\s*(.*)$/.exec(hunk.content)?.[1] ?? '';
  if (unchanged === 0 && section === '') return <Decoration>{''}</Decoration>;
  return (
    <Decoration className="diff-omitted">
      <div className="flex gap-3 truncate px-3 py-0.5 text-muted">
        {unchanged === 0 ? null : (
          <span className="shrink-0">⋯ {plural(unchanged, 'unchanged line')}</span>
        )}
        <span className="min-w-0 truncate font-mono">{section}</span>
      </div>
    </Decoration>
  );
}

function tokenizeHunks(hunks: HunkData[], path: string) {
  if (!canHighlight(hunks)) return null;
  const language = languageOf(path);
  const enhancers = [markEdits(hunks, { type: 'block' })];
  try {
    return tokenize(
      hunks,
      language === null ? { enhancers } : { ...highlightOptions(language), enhancers },
    );
  } catch (error) {
    console.info('A diff is shown without colors.', error);
    return null;
  }
}

function highlightOptions(language: string): TokenizeOptions {
  // The types are for an older refractor, whose `highlight` returned the children without a root.
  const highlighter = {
    highlight: (text: string, name: string) => refractor.highlight(text, name).children,
  } as unknown as Extract<TokenizeOptions, { highlight: true }>['refractor'];
  return { highlight: true, language, refractor: highlighter };
}
