import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { readFileIfExists } from '../lib/read-file-if-exists.ts';

/** Why agents on this machine, which otherwise continue, end when the daemon does. */
export type SharedEnd = {
  readonly cause: 'service' | 'container';
  readonly message: string;
  readonly suggestion: string;
};

export type Surroundings = {
  readonly pid: number;
  readonly parentPid: number;
  /** The text of a file; null if there is none. */
  readonly read: (path: string) => string | null;
  readonly exists: (path: string) => boolean;
  /** What systemd says to these arguments; null if it cannot be asked. */
  readonly systemctl: (args: readonly string[]) => Promise<string | null>;
};

/** Programs that are process 1 of a container for the sake of one other program, and end with it. */
const INIT_PROGRAMS = ['tini', 'docker-init', 'dumb-init', 'catatonit', 'podman-init'];
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'];
const SYSTEMCTL_TIMEOUT_MS = 2_000;

/** The runner is a process of its own session, but a service manager or a container ends whatever is inside. */
export async function sharedEnd(surroundings: Surroundings): Promise<SharedEnd | null> {
  if (isContainerOf(surroundings)) {
    return {
      cause: 'container',
      message: 'When Cerevisor stops, its container ends, and agents on this machine with it.',
      suggestion: 'The next start resumes them. Stop the container when none is at work.',
    };
  }
  const unit = await unitThatEndsAll(surroundings);
  return unit === null
    ? null
    : {
        cause: 'service',
        message: `When Cerevisor stops, systemd ends all processes of ${unit}, including agents on this machine.`,
        suggestion: `To let them continue, add KillMode=process to the [Service] section of ${unit}.`,
      };
}

function isContainerOf({ pid, parentPid, read, exists }: Surroundings): boolean {
  if (!CONTAINER_MARKS.some(exists)) return false;
  if (pid === 1) return true;
  return parentPid === 1 && INIT_PROGRAMS.includes((read('/proc/1/comm') ?? '').trim());
}

/** The unit whose main process is this one (or its launcher), if systemd ends all of its processes together. */
async function unitThatEndsAll(surroundings: Surroundings): Promise<string | null> {
  const { pid, parentPid, read, systemctl } = surroundings;
  const found = unitIn(read('/proc/self/cgroup') ?? '');
  if (found === null) return null;
  const scope = found.isOfUser ? ['--user'] : [];
  const said = await systemctl([...scope, 'show', found.unit, '-p', 'MainPID', '-p', 'KillMode']);
  const main = Number(/^MainPID=(\d+)$/m.exec(said ?? '')?.[1] ?? 0);
  const mode = /^KillMode=([\w-]+)$/m.exec(said ?? '')?.[1];
  const isMain = main === pid || main === parentPid;
  return isMain && (mode === 'control-group' || mode === 'mixed') ? found.unit : null;
}

/** `0::/user.slice/user-1000.slice/user@1000.service/app.slice/cerevisor.service` */
function unitIn(groups: string): { unit: string; isOfUser: boolean } | null {
  const path = /^(?:0:|\d+:name=systemd):(\/.*)$/m.exec(groups)?.[1] ?? '';
  const services = path.split('/').filter((part) => part.endsWith('.service'));
  const unit = services.at(-1);
  const isManager = unit !== undefined && /^user@\d+\.service$/.test(unit);
  if (unit === undefined || isManager) return null;
  return { unit, isOfUser: services.some((name) => /^user@\d+\.service$/.test(name)) };
}

/** Of this process. */
export const ownSurroundings = (): Surroundings => ({
  pid: process.pid,
  parentPid: process.ppid,
  read: process.platform === 'linux' ? readFileIfExists : () => null,
  exists: existsSync,
  systemctl: async (args) => {
    try {
      const options = { timeout: SYSTEMCTL_TIMEOUT_MS, windowsHide: true };
      return (await promisify(execFile)('systemctl', args, options)).stdout;
    } catch {
      return null; // There is no systemd, or it does not answer: nothing is known then.
    }
  },
});
