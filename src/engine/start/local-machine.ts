/** What the engine has to know of this machine before agents work on it. The daemon answers; tests bring their own. */
export type LocalMachine = {
  readonly examine: (folder: string) => Promise<FolderFacts>;
  /** Whether Cursor's sandbox can hold agents of this machine back; `reason` says why not. */
  readonly sandbox: () => Promise<{ readonly isAvailable: boolean; readonly reason?: string }>;
  /** A clone of the sample repository, when one of these addresses is its address. Made when it is missing. */
  readonly sampleFolder: (urls: readonly string[]) => Promise<string | null>;
  /** Memory that programs could still have; null if the system does not tell that. */
  readonly freeMemoryBytes: () => number | null;
  /** The folder of this installation of Cerevisor, which nobody wants agents to work in by accident. */
  readonly installationFolder: string;
  /** The folder of everything that Cerevisor keeps: workflow files there belong to no repository. */
  readonly home: string;
  /** Whether the other programs that local agents need are here; the reasons why not, in words for people. */
  readonly obstacles: () => Promise<
    readonly { code: string; message: string; suggestion: string }[]
  >;
};

/** What a folder is. `missing`: there is none, or it cannot be entered. */
export type FolderFacts =
  | { readonly kind: 'missing'; readonly reason: string }
  | {
      readonly kind: 'plain';
      /** Without symbolic links. */
      readonly path: string;
      readonly isWritable: boolean;
      /** Why git does not work in the repository that is there, if one is. */
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
      /** The address of the remote that its branches belong to. */
      readonly remoteUrl: string | null;
    };
