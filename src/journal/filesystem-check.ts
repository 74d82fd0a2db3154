import { readFileSync } from 'node:fs';

/**
 * Kinds of file system that are shared with other machines or with a VM's host. SQLite's locks and its shared
 * memory do not hold there: WAL databases on them are known to break.
 */
const SHARED_KINDS =
  /^(nfs\d?|cifs|smb\w*|9p|afs|ncpfs|ceph|glusterfs|lustre|gpfs|beegfs|vboxsf|vmhgfs|prl_fs|virtiofs|drvfs|fuse(\..+)?)$/;

/** FUSE file systems that stand on a disk of this machine. */
const LOCAL_FUSE =
  /^fuse\.(gocryptfs|encfs|cryfs|securefs|bindfs|mergerfs|fuse-overlayfs|lazyfs|ntfs-3g)$/;

/** In mountinfo, spaces and backslashes stand as octal escapes. */
const readEscapes = (text: string): string =>
  text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** The mount that holds a path, from the text of `/proc/self/mountinfo`; null when none is named. */
const mountOf = (
  mountinfo: string,
  path: string,
): { readonly point: string; readonly kind: string } | null => {
  let found: { point: string; kind: string } | null = null;
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const point = readEscapes(before.split(' ')[4] ?? '');
    const kind = after.split(' ')[0] ?? '';
    if (point === '' || kind === '') continue;
    const holds = point === '/' || path === point || path.startsWith(`${point}/`);
    // A later mount on the same point covers an earlier one.
    if (holds && (found === null || point.length >= found.point.length)) found = { point, kind };
  }
  return found;
};

/**
 * The kind of a shared file system that holds an existing folder, or null when it is fine or cannot be told.
 * A root that is such a file system itself belongs to a container or VM: no one else uses it, and there is no
 * better place to send people to. Only Linux tells; elsewhere the answer to `journal_mode` has to do.
 */
export const sharedFilesystem = (realPath: string): string | null => {
  if (process.platform !== 'linux') return null;
  let mountinfo: string;
  try {
    mountinfo = readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    // Some sandboxes hide /proc: then nothing can be told.
    return null;
  }
  return sharedKindOf(mountinfo, realPath);
};

/** The rule of `sharedFilesystem` on the text of a mount table. */
export const sharedKindOf = (mountinfo: string, path: string): string | null => {
  const mount = mountOf(mountinfo, path);
  if (mount === null || mount.point === '/') return null;
  return SHARED_KINDS.test(mount.kind) && !LOCAL_FUSE.test(mount.kind) ? mount.kind : null;
};
