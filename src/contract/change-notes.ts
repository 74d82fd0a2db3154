import { formatSize } from '../lib/format.ts';
import type { ChangedFileView } from './changes.ts';

/** What changed about a file besides its lines, one sentence each. Empty if its diff shows everything. */
export function changeNotes(file: ChangedFileView): string[] {
  const contents = contentsNote(file);
  return [...typeNotes(file), ...modeNotes(file), ...(contents === null ? [] : [contents])];
}

function typeNotes({ status, kind }: ChangedFileView): string[] {
  if (status !== 'type-changed') return [];
  const types = { file: 'a file', link: 'a symbolic link', submodule: 'a submodule' } as const;
  return [`It is now ${types[kind]}.`];
}

function modeNotes({ status, kind, isExecutable, wasExecutable }: ChangedFileView): string[] {
  if (kind !== 'file' || status === 'deleted' || status === 'type-changed') return [];
  if (status === 'added') return isExecutable ? ['The file is executable.'] : [];
  if (wasExecutable === undefined || isExecutable === wasExecutable) return [];
  return [isExecutable ? 'The file is now executable.' : 'The file is no longer executable.'];
}

function contentsNote(file: ChangedFileView): string | null {
  const { status, kind, hasSameContents, oldSizeBytes, newSizeBytes } = file;
  const noun = kind === 'link' ? 'link' : 'file';
  if (hasSameContents === true) {
    if (status === 'renamed') return `The ${noun} was moved; its contents did not change.`;
    if (status === 'copied') return `The ${noun} was copied; its contents did not change.`;
    return status === 'type-changed' ? null : 'The contents did not change.';
  }
  if (file.isBinary) return binaryNote(file);
  if (status === 'added' && newSizeBytes === 0) return 'The file is new and empty.';
  return status === 'deleted' && oldSizeBytes === 0 ? 'The file was empty.' : null;
}

function binaryNote({ oldSizeBytes: before, newSizeBytes: after }: ChangedFileView): string {
  if (before !== null && after !== null)
    return `Binary file, ${formatSize(before)} before and ${formatSize(after)} now.`;
  const size = before ?? after;
  return size === null ? 'Binary file.' : `Binary file, ${formatSize(size)}.`;
}
