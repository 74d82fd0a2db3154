import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../contract/client.ts';
import type { HarnessView } from '../../contract/providers.ts';
import { formatSize } from '../../lib/format.ts';
import { badUsage, commandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { connect } from '../daemon/connect.ts';
import { line, quiet } from '../terminal/lines.ts';

const POLL_INTERVAL_MS = 500;

/** Fetches a program and shows the progress. The daemon does the work, so ending this command does not stop it. */
export async function fetchHarness(context: Context, name: string): Promise<void> {
  const { output } = context;
  const client = await connect(context);
  const harnessName = await resolveName(client, name);
  if (harnessName === null) {
    output.print(`${name} needs nothing else on this machine.`);
    output.document({ name, state: 'installed' });
    return;
  }
  let harness = await client.fetchHarness(harnessName);
  const before = harness.state;
  const progress = progressLine(context);
  while (harness.state === 'fetching') {
    progress.show(harness);
    await sleep(POLL_INTERVAL_MS);
    harness = await readHarness(client, harnessName);
  }
  progress.clear();
  const { error, title, version, state } = harness;
  if (state === 'missing')
    throw commandError(
      error?.code ?? 'fetch_cancelled',
      error?.message ?? `Fetching ${title} was cancelled.`,
      error?.suggestion,
    );
  const status = before === 'installed' ? 'is already installed' : 'is installed';
  output.print(line(`${title} ${version} ${status}.`));
  output.document(harness);
}

async function resolveName(client: Client, name: string): Promise<HarnessView['name'] | null> {
  const { items } = await client.harnesses();
  const harness = items.find((item) => item.name === name);
  if (harness !== undefined) return harness.name;
  const { items: providers } = await client.providers();
  const provider = providers.find(({ id }) => id === name);
  if (provider !== undefined) return provider.needs;
  const names = [...items.map((item) => item.name), ...providers.map(({ id }) => id)];
  throw badUsage(
    `There is no program or provider "${name}".`,
    `Choose one of ${names.join(', ')}.`,
  );
}

async function readHarness(client: Client, name: HarnessView['name']): Promise<HarnessView> {
  const { items } = await client.harnesses();
  const match = items.find((item) => item.name === name);
  if (match === undefined) throw new Error(`The daemon does not know ${name}`);
  return match;
}

/** On a terminal, one line that is redrawn; otherwise one line for each ten percent. */
function progressLine({ errorStream, output }: Context) {
  const isLive = errorStream.isTTY === true && !output.isJson;
  let lastTenth = -1;
  return {
    show({ title, doneBytes, totalBytes }: HarnessView) {
      const done = doneBytes ?? 0;
      const percent = Math.min(99, Math.floor((done / totalBytes) * 100));
      const text = `Fetching ${title}: ${formatSize(done)} of about ${formatSize(totalBytes)} (${percent} %)`;
      if (isLive) errorStream.write(`\r\u001b[2K${text}`);
      else if (Math.floor(percent / 10) > lastTenth) output.remark(line(quiet(text)));
      lastTenth = Math.max(lastTenth, Math.floor(percent / 10));
    },
    clear() {
      if (isLive) errorStream.write('\r\u001b[2K');
    },
  };
}
