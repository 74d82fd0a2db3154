import { runHost } from '../run-host.ts';
import { openCursorThread } from './open-thread.ts';

/** The host program for Cursor's SDK. */
runHost("Cursor's SDK", openCursorThread);
