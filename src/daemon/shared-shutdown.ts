import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { readFileIfExists } from '../lib/read-file-if-exists.ts';

/** Why local agents end when the daemon stops, although they normally continue. */
export type SharedShutdown = {
  readonly cause: 'service' | 'container';
  readonly message: string;
  readonly suggestion: string;
};

export type ProcessContext = {
  readonly pid: number;
  readonly parentPid: number;
  /** The text of a file; null if it does not exist. */
  readonly read: (path: string) => string | null;
  readonly exists: (path: string) => boolean;
  /** The output of `systemctl` with these arguments; null if it is not available. */
  readonly systemctl: (args: readonly string[]) => Promise<string | null>;
};

/** Init programs for containers, which run one other program and exit with it. */
const INIT_PROGRAMS = ['tini', 'docker-init', 'dumb-init', 'catatonit', 'podman-init'];
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'];
const SYSTEMCTL_TIMEOUT_MS = 2_000;

/** Detects whether a service manager or a container ends the runner with the daemon, although it is detached. */
export async function detectSharedShutdown(
  context: ProcessContext,
): Promise<SharedShutdown | null> {
  if (isContainerMain(context)) {
    return {
      cause: 'container',
      message: 'When Cerevisor stops, its container ends, and agents on this machine with it.',
      suggestion: 'The next start resumes them. Stop the container when none is at work.',
    };
  }
  const unit = await unitThatEndsAll(context);
  return unit === null
    ? null
    : {
        cause: 'service',
        message: `When Cerevisor stops, systemd ends all processes of ${unit}, including agents on this machine.`,
        suggestion: `To let them continue, add KillMode=process to the [Service] section of ${unit}.`,
      };
}

function isContainerMain({ pid, parentPid, read, exists }: ProcessContext): boolean {
  if (!CONTAINER_MARKS.some(exists)) return false;
  if (pid === 1) return true;
  return parentPid === 1 && INIT_PROGRAMS.includes((read('/proc/1/comm') ?? '').trim());
}

/** The unit whose main process is this one (or its launcher), if systemd ends all of its processes together. */
async function unitThatEndsAll(context: ProcessContext): Promise<string | null> {
  const { pid, parentPid, read, systemctl } = context;
  const service = serviceIn(read('/proc/self/cgroup') ?? '');
  if (service === null) return null;
  const scope = service.isUserService ? ['--user'] : [];
  const properties =
    (await systemctl([...scope, 'show', service.unit, '-p', 'MainPID', '-p', 'KillMode'])) ?? '';
  const main = Number(/^MainPID=(\d+)$/m.exec(properties)?.[1] ?? 0);
  const mode = /^KillMode=([\w-]+)$/m.exec(properties)?.[1];
  const isMain = main === pid || main === parentPid;
  return isMain && (mode === 'control-group' || mode === 'mixed') ? service.unit : null;
}

/** `0::/user.slice/user-1000.slice/user@1000.service/app.slice/cerevisor.service` */
function serviceIn(groups: string): { unit: string; isUserService: boolean } | null {
  const path = /^(?:0:|\d+:name=systemd):(\/.*)$/m.exec(groups)?.[1] ?? '';
  const services = path.split('/').filter((part) => part.endsWith('.service'));
  const unit = services.at(-1);
  const isManager = unit !== undefined && /^user@\d+\.service$/.test(unit);
  if (unit === undefined || isManager) return null;
  return { unit, isUserService: services.some((name) => /^user@\d+\.service$/.test(name)) };
}

/** The context of the current process. */
export const currentProcessContext = (): ProcessContext => ({
  pid: process.pid,
  parentPid: process.ppid,
  read: process.platform === 'linux' ? readFileIfExists : () => null,
  exists: existsSync,
  systemctl: async (args) => {
    try {
      const options = { timeout: SYSTEMCTL_TIMEOUT_MS, windowsHide: true };
      return (await promisify(execFile)('systemctl', args, options)).stdout;
    } catch {
      return null; // There is no systemd, or it does not respond.
    }
  },
});
