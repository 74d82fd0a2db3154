export type BareTask = { readonly url: string; readonly prompt: string };

/**
 * Runs as many agents at once as `AGENTS` says, each with a library as it is. Prints a line for the first sign of each,
 * and one when all are done; then it waits, so that it can be looked at.
 */
export async function bareAgents(
  run: (task: BareTask, onItem: () => void) => Promise<void>,
): Promise<void> {
  const { AGENTS = '1', URL: url = '', PROMPT: prompt = '' } = process.env;
  const agents = Array.from({ length: Number(AGENTS) }, async () => {
    let isFirst = true;
    await run({ url, prompt }, () => {
      if (isFirst) console.log('item');
      isFirst = false;
    });
  });
  await Promise.all(agents);
  console.log('done');
  process.stdin.resume().once('end', () => process.exit(0));
}
