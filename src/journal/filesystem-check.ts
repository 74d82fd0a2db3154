import { readFileSync } from 'node:fs';

/**
 * File systems that are shared with other machines or with the host of a VM. SQLite's locks and shared memory do not work
 * reliably there, so that WAL databases can be damaged.
 */
const SHARED_KINDS =
  /^(nfs\d?|cifs|smb\w*|9p|afs|ncpfs|ceph|glusterfs|lustre|gpfs|beegfs|vboxsf|vmhgfs|prl_fs|virtiofs|drvfs|fuse(\..+)?)$/;

/** FUSE file systems that are stored on a disk of this machine. */
const LOCAL_FUSE =
  /^fuse\.(gocryptfs|encfs|cryfs|securefs|bindfs|mergerfs|fuse-overlayfs|lazyfs|ntfs-3g)$/;

/** Decodes the octal escapes of spaces and backslashes in mountinfo. */
const decodeEscapes = (text: string): string =>
  text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));

/** The mount that contains a path, from the text of `/proc/self/mountinfo`; null if there is none. */
const mountOf = (
  mountinfo: string,
  path: string,
): { readonly point: string; readonly kind: string } | null => {
  let mount: { point: string; kind: string } | null = null;
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const point = decodeEscapes(before.split(' ')[4] ?? '');
    const kind = after.split(' ')[0] ?? '';
    if (point === '' || kind === '') continue;
    const contains = point === '/' || path === point || path.startsWith(`${point}/`);
    // A later mount on the same point hides an earlier one.
    if (contains && (mount === null || point.length >= mount.point.length)) mount = { point, kind };
  }
  return mount;
};

/**
 * The kind of the shared file system that contains an existing folder; null if it is not shared or unknown. A shared root
 * file system belongs to a container or VM: nobody else uses it, and there is no better location. Only Linux provides this
 * information; on other systems, only the result of `journal_mode` is checked.
 */
export const sharedFilesystem = (realPath: string): string | null => {
  if (process.platform !== 'linux') return null;
  let mountinfo: string;
  try {
    mountinfo = readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    // Some sandboxes hide /proc.
    return null;
  }
  return sharedKindOf(mountinfo, realPath);
};

/** The same for the text of a mount table. */
export const sharedKindOf = (mountinfo: string, path: string): string | null => {
  const mount = mountOf(mountinfo, path);
  if (mount === null || mount.point === '/') return null;
  return SHARED_KINDS.test(mount.kind) && !LOCAL_FUSE.test(mount.kind) ? mount.kind : null;
};
