import { runHost } from '../run-host.ts';
import { openOwnLoop } from './open-thread.ts';

/** The host program for Cerevisor's own agent loop. */
runHost('The agent loop', openOwnLoop);
