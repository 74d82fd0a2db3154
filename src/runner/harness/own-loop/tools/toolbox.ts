import type { Commands } from './commands.ts';
import { editTool } from './edit-file.ts';
import { fetchTool } from './fetch-tool.ts';
import { globTool } from './glob-files.ts';
import { grepTool } from './grep-files.ts';
import { listTool } from './list-folder.ts';
import type { OwnTool } from './own-tool.ts';
import { readTool } from './read-file.ts';
import { shellTools } from './shell-tools.ts';
import { WorkingFolder } from './working-folder.ts';
import { writeTool } from './write-file.ts';

export type ToolsFor = {
  readonly cwd: string;
  readonly commands: Commands;
  readonly mcpTools: readonly OwnTool[];
  readonly seesImages: boolean;
  /** A plan is made: nothing may change. */
  readonly isPlanning: boolean;
  readonly allowsPrivate: (url: URL) => boolean;
};

/** The tools of an agent, but for those that depend on who uses them. */
export function toolsFor(asked: ToolsFor): readonly OwnTool[] {
  const folder = new WorkingFolder(asked.cwd);
  const all = [
    readTool(folder, asked.seesImages),
    listTool(folder),
    globTool(folder),
    grepTool(folder),
    fetchTool(asked.allowsPrivate),
    writeTool(folder),
    editTool(folder),
    ...shellTools(asked.commands),
    ...asked.mcpTools,
  ];
  // Without commands there is nothing to show the output of.
  return asked.isPlanning
    ? all.filter(({ isReadOnly, name }) => isReadOnly && name !== 'shell_output')
    : all;
}
