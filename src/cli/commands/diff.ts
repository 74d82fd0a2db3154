import { isOnThisMachine } from '../../contract/agent-location.ts';
import type { AgentView } from '../../contract/agent-views.ts';
import type { ChangedFileView, ChangesView, RepositoryChanges } from '../../contract/changes.ts';
import type { Client } from '../../contract/client.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { shortId } from '../../lib/format.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connect.ts';
import { diffLine, missingLines, statLines, unresolvedLines } from '../render/changes.ts';
import { line, quiet, toned } from '../terminal/lines.ts';
import {
  type AddCommand,
  AGENT_HELP,
  AGENT_OPTION,
  examples,
  SESSION_ARGUMENT,
} from './command.ts';
import { findAgent } from './find-agent.ts';

type Options = { readonly agent?: string; readonly stat?: boolean };

export const addDiff: AddCommand = (program, context) => {
  program
    .command('diff')
    .description('show what the agents of a session changed')
    .argument('<session>', SESSION_ARGUMENT)
    .option(AGENT_OPTION, `only one agent: ${AGENT_HELP}`)
    .option('--stat', 'list the files only')
    .addHelpText(
      'after',
      examples(
        'cerevisor diff 3f9a1c2e',
        'cerevisor diff 3f9a --agent Builder --stat',
        'cerevisor diff 3f9a > changes.patch',
      ),
    )
    .action((session: string, options: Options) => diff(context, session, options));
};

async function diff(context: Context, reference: string, options: Options): Promise<void> {
  const { output } = context;
  const client = await connect(context);
  const view = await client.session(reference);
  const agent = options.agent === undefined ? undefined : findAgent(view, options.agent).id;
  const changes = await client.changes(view.id, agent);
  output.document(changes);
  if (output.isJson) return;
  if (options.stat !== true) await writePatches(context, client, view.id, agent, changes);
  else for (const repository of changes.repositories) output.print(...statLines(repository));
  for (const { message, repoUrl } of changes.failures)
    output.remark(line(toned('attention', `${repoUrl}: `), message));
  if (options.stat !== true) output.remark(...changes.repositories.flatMap(unresolvedLines));
  output.remark(...missingLines(changes));
  if (
    changes.repositories.every(({ fileCount }) => fileCount === 0) &&
    changes.failures.length === 0
  )
    output.remark(line(quiet(noChangesText(view))));
  else if (options.stat === true)
    output.remark(
      output.advice(`Apply it to your folder with: cerevisor apply ${shortId(view.id)}`),
    );
}

/** Without git, changes are not recorded, which is not the same as no changes. */
export const noChangesText = ({ folder, agents }: SessionDetail): string =>
  folder !== null && agents.some(isUnrecorded)
    ? `Changes in ${folder} are not recorded, because it is not in a git repository.`
    : 'No agent has changed anything yet.';

const isUnrecorded = (agent: AgentView): boolean =>
  agent.status === 'completed' &&
  isOnThisMachine(agent) &&
  agent.branches.length === 0 &&
  agent.baseCommits.length === 0;

/** Colored on a terminal; otherwise exactly as git wrote it, so that `git apply` accepts it. */
async function writePatches(
  { output }: Context,
  client: Client,
  id: string,
  agent: string | undefined,
  { repositories }: ChangesView,
): Promise<void> {
  const isTerminal = output.humanStream.isTTY === true;
  for (const repository of repositories) {
    for (const file of repository.files) {
      const { text, isCut } = await client.patch(id, {
        ...patchQuery(repository, file, agent),
        ...(isTerminal ? {} : { whole: 'true' as const }),
      });
      if (isTerminal) output.print(...text.trimEnd().split('\n').map(diffLine));
      // Git would reject the whole patch if a part of it were truncated.
      else if (!isCut) output.humanStream.write(text);
      if (isCut)
        output.remark(
          line(
            toned(
              'attention',
              `${file.path} is too large ${isTerminal ? 'to show in full' : 'and was left out'}.`,
            ),
          ),
        );
    }
    if (repository.fileCount > repository.files.length)
      output.remark(
        `${repository.fileCount - repository.files.length} more files are not shown; compare the branches with git.`,
      );
  }
}

const patchQuery = (
  { repoUrl, base, head }: RepositoryChanges,
  { path, oldPath }: ChangedFileView,
  agent: string | undefined,
) => ({
  repoUrl,
  base,
  head,
  path,
  ...(oldPath === null ? {} : { oldPath }),
  ...(agent === undefined ? {} : { agent }),
});
