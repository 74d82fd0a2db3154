/** Third-party programs that run agents on this machine. They are fetched or already installed, never bundled. */
export const harnessNames = ['claude', 'codex'] as const;
export type HarnessName = (typeof harnessNames)[number];

/** What can be fetched: a harness, or only the package that drives the `claude` that a user already has. */
export const fetchableNames = [...harnessNames, 'claude-sdk'] as const;
export type FetchableName = (typeof fetchableNames)[number];

/** An installed harness. */
export type HarnessProgram = {
  /** The native executable, never a script that starts it. */
  readonly path: string;
  /** The version that the executable reports. */
  readonly version: string;
  /** Claude only: the folder of the package that drives the executable. */
  readonly library?: string;
};

type Fetchable = {
  readonly title: string;
  /** The npm version of the package. */
  readonly packageVersion: string;
  /** Approximate unpacked size, for progress and for the check of free space. */
  readonly sizeBytes: number;
};

type Harness = Fetchable & {
  /** The version of the executable in the package. */
  readonly version: string;
  /** The oldest user-installed executable that is known to work. */
  readonly oldestVersion: string;
  /** The name of the executable on the PATH. */
  readonly command: string;
};

const CLAUDE_SDK = '0.3.332';
/** Relative to the folder that it is installed in. */
export const CLAUDE_LIBRARY = 'node_modules/@anthropic-ai/claude-agent-sdk';

export const catalog: Readonly<Record<HarnessName, Harness>> = {
  claude: {
    title: 'Claude Code',
    packageVersion: CLAUDE_SDK,
    version: '2.1.332',
    // Older ones may silently ignore the switch that stops them from reading files named in a prompt.
    oldestVersion: '2.1.332',
    command: 'claude',
    sizeBytes: 410_000_000,
  },
  codex: {
    title: 'Codex',
    packageVersion: '0.163.0',
    version: '0.163.0',
    oldestVersion: '0.163.0',
    command: 'codex',
    sizeBytes: 430_000_000,
  },
};

export const fetchables: Readonly<Record<FetchableName, Fetchable>> = {
  ...catalog,
  'claude-sdk': {
    title: 'Claude Agent SDK',
    packageVersion: CLAUDE_SDK,
    sizeBytes: 5_200_000,
  },
};

export type Machine = {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly isMusl: boolean;
};

export function thisMachine(): Machine {
  return { platform: process.platform, arch: process.arch, isMusl: isMusl() };
}

/** The path of the executable below the folder of a harness; null if its maker does not support the platform. */
export function executableIn(name: HarnessName, machine: Machine): string | null {
  const { platform, arch } = machine;
  if (!['linux', 'darwin', 'win32'].includes(platform) || !['x64', 'arm64'].includes(arch))
    return null;
  const suffix = platform === 'win32' ? '.exe' : '';
  if (name === 'claude') {
    const libc = platform === 'linux' && machine.isMusl ? '-musl' : '';
    return `node_modules/@anthropic-ai/claude-agent-sdk-${platform}-${arch}${libc}/claude${suffix}`;
  }
  const cpu = arch === 'x64' ? 'x86_64' : 'aarch64';
  return `node_modules/@openai/codex-${platform}-${arch}/vendor/${cpu}-${systems[platform]}/bin/codex${suffix}`;
}

const systems: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: 'unknown-linux-musl',
  darwin: 'apple-darwin',
  win32: 'pc-windows-msvc',
};

/** Node reports a libc version only for glibc. */
function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const { header } = process.report.getReport() as { header?: Record<string, unknown> };
  return header?.glibcVersionRuntime === undefined;
}
