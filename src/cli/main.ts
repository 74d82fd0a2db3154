import { runCommandLine } from './command-line.ts';

/** The entry point of `cerevisor`. */
process.exitCode = await runCommandLine(process.argv.slice(2));
