import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pino from 'pino';
import type { Redactor } from '../lib/redact.ts';
import { systemErrorCode } from '../lib/system-error.ts';
import { redactValues, withRedactionCount } from '../server/redaction.ts';
import type { Log } from '../server/services.ts';

const MAX_BYTES = 5 * 1024 * 1024;

/** Path of the daemon's log in a home folder. The previous log has the suffix `.1`. */
export const logFile = (home: string): string => join(home, 'daemon.log');

/**
 * Opens the daemon's log: one JSON object per line, in a file that only its owner can read. Every line is redacted as the
 * last step, so that no caller can forget it; `redactions` contains the number of removed secrets.
 */
export function openLog(home: string, redact: Redactor): Log {
  const path = logFile(home);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  let sizeBytes = sizeOf(path);
  const write = (line: string): void => {
    const clean = cleanLine(line, redact);
    try {
      if (sizeBytes > MAX_BYTES) {
        renameSync(path, `${path}.1`);
        sizeBytes = 0;
      }
      // Synchronous, so that the last lines before a crash are not lost.
      appendFileSync(path, clean, { mode: 0o600 });
      sizeBytes += Buffer.byteLength(clean);
    } catch (error) {
      // A full disk must not end the daemon; the journal reports it.
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

/** Parses the line first, because in JSON text, a key can hide behind an escape. */
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
