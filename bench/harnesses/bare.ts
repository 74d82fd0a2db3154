export type BareTask = { readonly url: string; readonly prompt: string };

/**
 * Runs `AGENTS` agents in parallel with a bare library. Prints a line for the first item of each agent and a line when
 * all are done. Then it waits until standard input ends, so that the process can be measured.
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
