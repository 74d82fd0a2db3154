import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pino from 'pino';
import type { Redactor } from '../lib/redact.ts';
import { systemErrorCode } from '../lib/system-error.ts';
import { redactValues, withRedactionCount } from '../server/redaction.ts';
import type { Log } from '../server/services.ts';

const MOST_BYTES = 5 * 1024 * 1024;

/** Name of the daemon's log in the home folder; the one before it ends in `.1`. */
export const logFile = (home: string): string => join(home, 'daemon.log');

/**
 * The daemon's log: one JSON object per line, in a file that only its owner can read. Keys are taken out of every
 * line as the last step, so that no caller can forget it; `redactions` says how many.
 */
export function openLog(home: string, redact: Redactor): Log {
  const path = logFile(home);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let sizeBytes = sizeOf(path);
  const write = (line: string): void => {
    const clean = cleanLine(line, redact);
    try {
      if (sizeBytes > MOST_BYTES) {
        renameSync(path, `${path}.1`);
        sizeBytes = 0;
      }
      // Synchronous: what was logged just before a crash is what one wants to read.
      appendFileSync(path, clean, { mode: 0o600 });
      sizeBytes += Buffer.byteLength(clean);
    } catch (error) {
      // A full disk must not end the daemon because of its log; the journal tells people about the disk.
      process.stderr.write(`The log cannot be written: ${String(error)}\n`);
    }
  };
  return pino(
    {
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
    },
    { write },
  );
}

/** The line is read again first: in its JSON a key could hide behind an escaped character. */
function cleanLine(line: string, redact: Redactor): string {
  const [clean = { value: {}, count: 0 }] = redactValues<object>([JSON.parse(line)], redact);
  return `${JSON.stringify(withRedactionCount(clean))}\n`;
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
