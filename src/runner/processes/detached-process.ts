/** Variables that a terminal, a desktop, a remote login or a service manager sets for everything that it starts. */
const LOGIN_VARIABLES =
  /^(?:TERM|TERM_PROGRAM|DISPLAY|WAYLAND_DISPLAY|DBUS_SESSION_BUS_ADDRESS|SSH_[A-Z_]+|TMUX|STY|XDG_[A-Z_]+|VSCODE_[A-Z_]+|INVOCATION_ID|JOURNAL_STREAM)=/;

type DetachedProcessSigns = {
  /** The device number of its terminal; 0 for none. */
  readonly terminal: number;
  readonly sessionPid: number;
  /** Null if the parent is unknown. */
  readonly parentSessionPid: number | null;
  /** The `NAME=value` entries of its environment. */
  readonly environment: readonly string[];
};

/**
 * Whether a process has left its terminal, its parent's session and its environment, as `env -i setsid …` does. Nothing
 * identifies who started it anymore; if it works in a folder that only one agent uses, that agent did. What a person
 * runs there has a terminal, or an environment that shows their login.
 */
export const isDetached = ({
  terminal,
  sessionPid,
  parentSessionPid,
  environment,
}: DetachedProcessSigns): boolean =>
  terminal === 0 &&
  sessionPid !== parentSessionPid &&
  !environment.some((piece) => LOGIN_VARIABLES.test(piece));
