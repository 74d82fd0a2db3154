import { posix } from 'node:path';
import type { RunContext } from '../run-context.ts';
import { pathInside } from '../workspace-path.ts';
import { filesIn, toToolOutcome } from './files.ts';

const maxMatches = 200;
const maxSearchedFiles = 2_000;

export async function listStep({ writer, workspace }: RunContext, path: string): Promise<void> {
  await writer.runUntypedTool('list_dir', { path: workspace.machinePath(path) }, () =>
    toToolOutcome(async () => {
      const folder = pathInside(workspace.root, path);
      const inside = folder === '.' ? '' : `${folder}/`;
      const files = (await filesIn(workspace.root)).filter((file) => file.startsWith(inside));
      const entries = files.map((file) => file.slice(inside.length).split('/')[0] ?? '');
      return { entries: [...new Set(entries)] };
    }),
  );
}

/** Finds the lines that contain the literal text. */
export async function grepStep(
  { writer, workspace }: RunContext,
  pattern: string,
  path: string,
): Promise<void> {
  const args = { pattern, path: workspace.machinePath(path) };
  await writer.runUntypedTool('grep_search', args, () =>
    toToolOutcome(async () => {
      const inside = pathInside(workspace.root, path);
      const files = (await filesIn(workspace.root)).filter(
        (file) => inside === '.' || file === inside || file.startsWith(`${inside}/`),
      );
      const matches: { file: string; line: number; text: string }[] = [];
      for (const file of files.slice(0, maxSearchedFiles)) {
        if (matches.length >= maxMatches) break;
        const text = await workspace.read(posix.join('/workspace', file));
        for (const [index, line] of text.split('\n').entries()) {
          if (line.includes(pattern)) matches.push({ file, line: index + 1, text: line });
        }
      }
      return { matches: matches.slice(0, maxMatches) };
    }),
  );
}
