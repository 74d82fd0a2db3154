import { runCommandLine } from './command-line.ts';

/** The entry point of `cerevisor`, whichever launcher brought us here. */
process.exitCode = await runCommandLine(process.argv.slice(2));
