import path from 'node:path';
import type { AgentView, ArtifactView } from '../../contract/agent-views.ts';
import { capitalizedCloudName } from '../../contract/cloud-name.ts';
import type { ArtifactList } from '../../contract/responses.ts';
import type { SessionDetail } from '../../contract/session-views.ts';
import { formatSize, shortId } from '../../lib/format.ts';
import type { Context } from '../context.ts';
import { connect, connectForAction } from '../daemon/connect.ts';
import { isSettledAgent } from '../render/status.ts';
import { renderTable } from '../render/table.ts';
import { type Line, line, quiet, type Span, toned } from '../terminal/lines.ts';
import {
  type AddCommand,
  AGENT_HELP,
  AGENT_OPTION,
  examples,
  SESSION_ARGUMENT,
} from './command.ts';
import { findAgent } from './find-agent.ts';

type Options = { readonly refetch?: boolean; readonly agent?: string };

export const addArtifacts: AddCommand = (program, context) => {
  program
    .command('artifacts')
    .description('list the artifacts of a session and where they are on this machine')
    .argument('<session>', SESSION_ARGUMENT)
    .option('--refetch', 'download everything again from Cursor')
    .option(AGENT_OPTION, `only for one agent: ${AGENT_HELP}`)
    .addHelpText(
      'after',
      examples(
        'cerevisor artifacts 3f9a1c2e',
        'cerevisor artifacts 3f9a --refetch --agent Builder',
      ),
    )
    .action((session: string, options: Options) => artifacts(context, session, options));
};

async function artifacts(context: Context, session: string, options: Options): Promise<void> {
  const { output } = context;
  const client = await (options.refetch === true ? connectForAction : connect)(context);
  const view = await client.session(session);
  const agentId = options.agent === undefined ? undefined : findAgent(view, options.agent).id;
  if (options.refetch === true) {
    output.remark('Downloading artifacts...');
    await client.refetchArtifacts(view.id, agentId);
  }
  const all = await client.artifacts(view.id);
  const list = {
    ...all,
    agents: all.agents.filter((agent) => agentId === undefined || agent.agentId === agentId),
  };
  output.document(list);
  if (!output.isJson) show(context, list, view);
}

const columns = [
  { title: 'AGENT', dropOrder: 1, shrinkTo: 8 },
  { title: 'ARTIFACT', dropOrder: 0, shrinkTo: 20 },
  { title: 'SIZE', dropOrder: 2 },
  { title: 'STATE', dropOrder: 0, shrinkTo: 10 },
  { title: 'FILE', dropOrder: 3, shrinkTo: 10 },
];

function show({ output }: Context, list: ArtifactList, view: SessionDetail): void {
  const rows = list.agents.flatMap((agent) => {
    const row = (artifact: ArtifactView, state: Span): Span[] => [
      toned('plain', agent.name),
      toned('plain', artifact.path),
      quiet(formatSize(artifact.sizeBytes)),
      state,
      quiet(artifact.file === null ? '' : path.join(path.basename(agent.directory), artifact.file)),
    ];
    return [
      ...agent.artifacts.map((artifact) => row(artifact, stateSpan(artifact))),
      ...agent.earlier.map((artifact) => row(artifact, quiet(originLabel(artifact)))),
    ];
  });
  if (rows.length > 0) {
    output.rows(renderTable(columns, rows, { ...output.appearance, width: output.width }));
    output.print(line(quiet('Folder: '), list.directory));
  }
  output.print(...artifactNotices(list, view, rows.length));
}

function stateSpan({ file, error }: ArtifactView): Span {
  if (error !== null) return toned('bad', error.message);
  return file === null ? toned('attention', 'not downloaded') : toned('good', 'saved');
}

/** The attempt and turn that an earlier file is from. */
function originLabel({ attempt, turn }: ArtifactView): string {
  if (attempt == null) return 'earlier';
  return turn == null ? `attempt ${attempt}` : `attempt ${attempt}, turn ${turn}`;
}

const hasEnded = ({ status }: Pick<AgentView, 'status'>): boolean =>
  isSettledAgent(status) && status !== 'completed';

/** Notices about missing artifacts. An agent that ended without success will not produce any. */
export function artifactNotices(
  list: ArtifactList,
  view: Pick<SessionDetail, 'id' | 'agents' | 'backend'>,
  count: number,
): Line[] {
  const id = shortId(view.id);
  const expecting = new Set(
    view.agents.filter((agent) => !hasEnded(agent)).map((agent) => agent.id),
  );
  const states = new Set(
    list.agents
      .filter((agent) => agent.state !== 'pending' || expecting.has(agent.agentId))
      .map((agent) => agent.state),
  );
  const lines: Line[] = list.agents.flatMap(({ name, error }) =>
    error?.code === 'too_many' ? [line(toned('attention', `${name}: `), error.message)] : [],
  );
  if (count === 0 && !states.has('pending') && !states.has('offered'))
    lines.push(line('No artifacts.'));
  if (states.has('pending'))
    lines.push(
      line(
        quiet(
          'Some agents have not finished yet; their artifacts are downloaded when they finish.',
        ),
      ),
    );
  if (states.has('offered') || states.has('incomplete')) {
    lines.push(
      line(
        toned('attention', 'Some artifacts are not on this machine. '),
        `Download them with: cerevisor artifacts ${id} --refetch`,
      ),
    );
  }
  if (states.has('unavailable')) {
    lines.push(
      line(
        toned(
          'attention',
          `${capitalizedCloudName(view.backend)} no longer has the artifacts of some agents.`,
        ),
      ),
    );
  }
  return lines;
}
