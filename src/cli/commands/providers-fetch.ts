import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../contract/client.ts';
import type { HarnessView } from '../../contract/providers.ts';
import { formatSize } from '../../lib/format.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connection.ts';
import { badUsage, refusal } from '../refusal.ts';
import { line, quiet } from '../terminal/lines.ts';

const LOOK_EVERY_MS = 500;

/** Fetches a program and shows the progress. The daemon does the work, so leaving this command does not stop it. */
export async function fetchHarness(context: Context, name: string): Promise<void> {
  const { output } = context;
  const client = await connect(context);
  const wanted = await nameOf(client, name);
  if (wanted === null) {
    output.say(`${name} needs nothing else on this machine.`);
    output.document({ name, state: 'installed' });
    return;
  }
  let harness = await client.fetchHarness(wanted);
  const before = harness.state;
  const progress = progressLine(context);
  while (harness.state === 'fetching') {
    progress.show(harness);
    await sleep(LOOK_EVERY_MS);
    harness = await stateOf(client, wanted);
  }
  progress.clear();
  const { error, title, version, state } = harness;
  if (state === 'missing')
    throw refusal(
      error?.code ?? 'fetch_cancelled',
      error?.message ?? `Fetching ${title} was cancelled.`,
      error?.suggestion,
    );
  const said = before === 'installed' ? 'is already installed' : 'is installed';
  output.say(line(`${title} ${version} ${said}.`));
  output.document(harness);
}

async function nameOf(client: Client, name: string): Promise<HarnessView['name'] | null> {
  const { items } = await client.harnesses();
  const harness = items.find((one) => one.name === name);
  if (harness !== undefined) return harness.name;
  const { items: providers } = await client.providers();
  const provider = providers.find(({ id }) => id === name);
  if (provider !== undefined) return provider.needs;
  const names = [...items.map((one) => one.name), ...providers.map(({ id }) => id)];
  throw badUsage(
    `There is no program or provider "${name}".`,
    `Choose one of ${names.join(', ')}.`,
  );
}

async function stateOf(client: Client, name: HarnessView['name']): Promise<HarnessView> {
  const { items } = await client.harnesses();
  const found = items.find((one) => one.name === name);
  if (found === undefined) throw new Error(`The daemon does not know ${name}`);
  return found;
}

/** One line that is drawn over itself on a terminal; elsewhere one line for each tenth. */
function progressLine({ errorStream, output }: Context) {
  const isLive = errorStream.isTTY === true && !output.isJson;
  let told = -1;
  return {
    show({ title, doneBytes, totalBytes }: HarnessView) {
      const done = doneBytes ?? 0;
      const percent = Math.min(99, Math.floor((done / totalBytes) * 100));
      const text = `Fetching ${title}: ${formatSize(done)} of about ${formatSize(totalBytes)} (${percent} %)`;
      if (isLive) errorStream.write(`\r\u001b[2K${text}`);
      else if (Math.floor(percent / 10) > told) output.remark(line(quiet(text)));
      told = Math.max(told, Math.floor(percent / 10));
    },
    clear() {
      if (isLive) errorStream.write('\r\u001b[2K');
    },
  };
}
