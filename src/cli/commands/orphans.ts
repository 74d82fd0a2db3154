import { ageOf, shortId } from '../../lib/format.ts';
import { connectForAction } from '../daemon/connect.ts';
import { renderTable } from '../render/table.ts';
import { line, quiet, strong, toned } from '../terminal/lines.ts';
import { type AddCommand, examples } from './command.ts';

const columns = [
  { title: 'CURSOR AGENT', dropOrder: 0 },
  { title: 'NAME', dropOrder: 1, shrinkTo: 10 },
  { title: 'CREATED', dropOrder: 2 },
  { title: 'SESSION', dropOrder: 3 },
];

export const addOrphans: AddCommand = (program, context) => {
  program
    .command('orphans')
    .description(
      "list agents on Cursor that Cerevisor started but that are not in this machine's journal",
    )
    .addHelpText('after', examples('cerevisor orphans'))
    .action(async () => {
      const { output, now } = context;
      const client = await connectForAction(context);
      const { items } = await client.orphans();
      output.document(items);
      if (output.isJson) return;
      if (items.length === 0) return output.print('No orphans: every agent is in the journal.');
      const rows = items.map(({ cursorAgentId, name, createdAt, sessionId }) => [
        strong(cursorAgentId),
        toned('plain', name),
        quiet(createdAt === null ? 'unknown' : ageOf(createdAt, now())),
        quiet(sessionId === null ? '' : shortId(sessionId)),
      ]);
      output.rows(renderTable(columns, rows, { ...output.appearance, width: output.width }));
      output.print(line(quiet('Adopt one with: cerevisor adopt CURSOR-AGENT')));
    });
};

export const addAdopt: AddCommand = (program, context) => {
  program
    .command('adopt')
    .description('create a session from such an agent')
    .argument('<cursor-agent>', 'id of the agent (bc-...)')
    .addHelpText('after', examples('cerevisor adopt bc-0c4f1a2b-7d31-4b0e-9a55-1f2e3d4c5b6a'))
    .action(async (cursorAgentId: string) => {
      const client = await connectForAction(context);
      const { sessionId } = await client.adopt(cursorAgentId);
      context.output.print(
        context.output.advice(
          `Adopted as ${shortId(sessionId)}. Watch it with: cerevisor reconnect ${shortId(sessionId)}`,
        ),
      );
      context.output.document({ sessionId });
    });
};
