/**
 * Prints the benchmark figures. Most are ratios within one run, so that the speed and load of the machine affect both
 * sides.
 */
import { measureApp } from './app.ts';
import { measureCommands } from './cli.ts';
import { measureDisk } from './disk.ts';
import { measureEvents } from './events.ts';
import { measureHarnesses } from './harnesses.ts';
import { measureLocalHost } from './local.ts';
import { measureLocalOverhead } from './local-overhead.ts';
import { measureMemory } from './memory.ts';
import { measureReaders } from './readers.ts';
import { measureStart } from './start.ts';
import { measureWorktree } from './worktree.ts';

const figures = {
  events: measureEvents,
  disk: measureDisk,
  readers: measureReaders,
  start: measureStart,
  memory: measureMemory,
  cli: measureCommands,
  app: measureApp,
  worktree: measureWorktree,
  local: async () => ({ ...(await measureLocalHost()), ...(await measureLocalOverhead()) }),
  harnesses: measureHarnesses,
};
const requested = process.argv.slice(2);

for (const [name, measure] of Object.entries(figures)) {
  if (requested.length > 0 && !requested.includes(name)) continue;
  console.log(`\n${name}`);
  for (const [label, value] of Object.entries(await measure())) {
    console.log(
      `  ${label.padEnd(72)} ${value.toLocaleString('en', { maximumFractionDigits: 2 })}`,
    );
  }
}
process.exit(0);
