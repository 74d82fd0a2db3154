import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { ProcessRow } from './process-row.ts';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

const QUERY =
  'Get-CimInstance Win32_Process | ForEach-Object { [pscustomobject]@{ pid = $_.ProcessId; ' +
  "parent = $_.ParentProcessId; began = if ($_.CreationDate) { $_.CreationDate.ToUniversalTime().ToString('o') } else { '' }; " +
  'name = $_.Name } } | ConvertTo-Json -Compress';

const rowSchema = z.object({
  pid: z.number(),
  parent: z.number(),
  began: z.string(),
  name: z.string(),
});
const answerSchema = z.union([z.array(rowSchema), rowSchema.transform((row) => [row])]);

/**
 * Windows does not expose the environment of other processes: a thread's processes are identified by their tree only.
 */
export async function readWindowsProcesses(): Promise<readonly ProcessRow[]> {
  const { stdout } = await run(
    'powershell.exe',
    ['-NoProfile', '-NonInteractive', '-Command', QUERY],
    { windowsHide: true, maxBuffer: MAX_OUTPUT_BYTES },
  );
  return parseRows(stdout);
}

export function parseRows(text: string): readonly ProcessRow[] {
  const rows = answerSchema.parse(JSON.parse(text));
  const began = new Map(rows.map((row) => [row.pid, row.began]));
  return rows.map((row) => {
    const parentBegan = began.get(row.parent);
    // Windows keeps the parent's pid after the parent has exited, and reuses it.
    const isOrphan = parentBegan === undefined || parentBegan > row.began;
    return {
      pid: row.pid,
      parentPid: isOrphan ? 0 : row.parent,
      began: row.began,
      sessionPid: null,
      threadId: null,
      detachedFolder: null,
      name: row.name,
    };
  });
}
