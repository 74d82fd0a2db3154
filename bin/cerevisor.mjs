#!/usr/bin/env node
import { readFileSync } from 'node:fs';

const args = process.argv.slice(2);
// Answered here, by any Node: scripts and editors ask for it often, and it needs nothing of the program.
if (args.length === 1 && ['--version', '-v'].includes(args[0])) {
  const file = new URL('../package.json', import.meta.url);
  process.stdout.write(`${JSON.parse(readFileSync(file, 'utf8')).version}\n`);
} else {
  const { launch } = await import('./launch.mjs');
  await launch('cerevisor.mjs', 'src/cli/main.ts');
}
