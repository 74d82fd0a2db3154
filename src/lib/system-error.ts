/** The `code` of a system error, such as `ENOENT`. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether a path, or a folder on the way to it, does not exist. */
export function isNotFoundError(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '');
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission was denied',
  EPERM: 'permission was denied',
  EIO: 'the disk reported an input/output error',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  ERR_INVALID_ARG_VALUE: 'the path contains a null character',
};

/** Whether an error means that nothing more can be written to this disk. */
export const isDiskFullError = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT'].includes(systemErrorCode(error) ?? '');

/** Whether a message of another program says that the disk of this machine is full. */
export const saysDiskIsFull = (message: string): boolean =>
  /disk is full|out of disk ?space|no space left on device|disk quota exceeded|\b(ENOSPC|EDQUOT|SQLITE_FULL)\b/i.test(
    message,
  );

/** Why a file cannot be read or written, for example "permission was denied". */
export function systemErrorReason(error: unknown): string {
  const known = reasons[systemErrorCode(error) ?? ''];
  if (known !== undefined) return known;
  return error instanceof Error ? error.message : String(error);
}
