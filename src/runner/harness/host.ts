import { openCursorThread } from './cursor-local/open-thread.ts';
import { runHost } from './run-host.ts';

/** The host program for Cursor's agents on this machine. */
runHost("Cursor's SDK", openCursorThread);
