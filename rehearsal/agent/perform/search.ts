import { posix } from 'node:path';
import { pathInside } from '../inside.ts';
import type { Performance } from '../performance.ts';
import { filesIn, guarded } from './files.ts';

const mostMatches = 200;
const mostSearchedFiles = 2_000;

export async function listStep({ narrator, workspace }: Performance, path: string): Promise<void> {
  await narrator.untypedTool('list_dir', { path: workspace.machinePath(path) }, () =>
    guarded(async () => {
      const folder = pathInside(workspace.root, path);
      const inside = folder === '.' ? '' : `${folder}/`;
      const files = (await filesIn(workspace.root)).filter((file) => file.startsWith(inside));
      const entries = files.map((file) => file.slice(inside.length).split('/')[0] ?? '');
      return { entries: [...new Set(entries)] };
    }),
  );
}

/** Finds lines that contain the text, letter by letter. */
export async function grepStep(
  { narrator, workspace }: Performance,
  pattern: string,
  path: string,
): Promise<void> {
  const args = { pattern, path: workspace.machinePath(path) };
  await narrator.untypedTool('grep_search', args, () =>
    guarded(async () => {
      const inside = pathInside(workspace.root, path);
      const files = (await filesIn(workspace.root)).filter(
        (file) => inside === '.' || file === inside || file.startsWith(`${inside}/`),
      );
      const matches: { file: string; line: number; text: string }[] = [];
      for (const file of files.slice(0, mostSearchedFiles)) {
        if (matches.length >= mostMatches) break;
        const text = await workspace.read(posix.join('/workspace', file));
        for (const [index, line] of text.split('\n').entries()) {
          if (line.includes(pattern)) matches.push({ file, line: index + 1, text: line });
        }
      }
      return { matches: matches.slice(0, mostMatches) };
    }),
  );
}
