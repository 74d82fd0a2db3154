import type { Commands } from './commands.ts';
import { editTool } from './edit-file.ts';
import { fetchTool } from './fetch-tool.ts';
import { globTool } from './glob-files.ts';
import { grepTool } from './grep-files.ts';
import { listTool } from './list-folder.ts';
import { readTool } from './read-file.ts';
import { shellTools } from './shell-tools.ts';
import type { Tool } from './tool.ts';
import { WorkingFolder } from './working-folder.ts';
import { writeTool } from './write-file.ts';

export type ToolboxOptions = {
  readonly cwd: string;
  readonly commands: Commands;
  readonly mcpTools: readonly Tool[];
  readonly supportsImages: boolean;
  /** Plan mode: nothing may be changed. */
  readonly isPlanning: boolean;
  readonly allowsPrivate: (url: URL) => boolean;
};

/** The tools of an agent, except the task tool. */
export function toolsFor(options: ToolboxOptions): readonly Tool[] {
  const folder = new WorkingFolder(options.cwd);
  const all = [
    readTool(folder, options.supportsImages),
    listTool(folder),
    globTool(folder),
    grepTool(folder),
    fetchTool(options.allowsPrivate),
    writeTool(folder),
    editTool(folder),
    ...shellTools(options.commands),
    ...options.mcpTools,
  ];
  // Without commands there is no output to show.
  return options.isPlanning
    ? all.filter(({ isReadOnly, name }) => isReadOnly && name !== 'shell_output')
    : all;
}
