/** What the engine has to know about this machine. The daemon implements it; tests use fakes. */
export type LocalMachine = {
  readonly examine: (folder: string) => Promise<FolderFacts>;
  /** Whether Cursor's sandbox is available on this machine; `reason` says why not. */
  readonly sandbox: () => Promise<{ readonly isAvailable: boolean; readonly reason?: string }>;
  /** A clone of the sample repository, created if missing; null if none of the URLs is its address. */
  readonly sampleFolder: (urls: readonly string[]) => Promise<string | null>;
  /** Available memory; null if the system does not report it. */
  readonly freeMemoryBytes: () => number | null;
  /** The folder of this installation of Cerevisor, in which agents must not work by accident. */
  readonly installationFolder: string;
  /** Cerevisor's home folder. Workflow files in it belong to no repository. */
  readonly home: string;
  /** Programs that local agents need and that are missing, as the user reads it. */
  readonly obstacles: () => Promise<
    readonly { code: string; message: string; suggestion: string }[]
  >;
};

/** Facts about a folder. `missing`: it does not exist or is not accessible. */
export type FolderFacts =
  | { readonly kind: 'missing'; readonly reason: string }
  | {
      readonly kind: 'plain';
      /** Without symbolic links. */
      readonly path: string;
      readonly isWritable: boolean;
      /** Why git does not work in the repository at this path, if there is one. */
      readonly gitProblem?: string;
    }
  | {
      readonly kind: 'repository';
      readonly path: string;
      readonly isWritable: boolean;
      /** The top folder of the repository that `path` is in. */
      readonly root: string;
      /** Null before the first commit. */
      readonly head: string | null;
      readonly branch: string | null;
      /** Changed, added and untracked files that are not ignored. */
      readonly uncommittedFiles: number;
      /** The URL of its remote. */
      readonly remoteUrl: string | null;
    };
