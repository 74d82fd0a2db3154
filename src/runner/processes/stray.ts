/** What a terminal, a desktop, a remote login or a service manager leaves in the environment of everything that it starts. */
const MARKS_OF_A_PERSON =
  /^(?:TERM|TERM_PROGRAM|DISPLAY|WAYLAND_DISPLAY|DBUS_SESSION_BUS_ADDRESS|SSH_[A-Z_]+|TMUX|STY|XDG_[A-Z_]+|VSCODE_[A-Z_]+|INVOCATION_ID|JOURNAL_STREAM)=/;

type Signs = {
  /** The device number of its terminal; 0 for none. */
  readonly terminal: number;
  readonly sessionPid: number;
  /** Null for a parent that is not known. */
  readonly parentSessionPid: number | null;
  /** The `NAME=value` pieces of its environment. */
  readonly environment: readonly string[];
};

/**
 * Whether a process has left its terminal, the session of its parent and its environment, as `env -i setsid …` does. Nothing
 * tells anymore who started it; if its folder is the working folder of an agent alone, it was that agent. What a person runs
 * there has a terminal, or an environment that shows their login.
 */
export const isStray = ({ terminal, sessionPid, parentSessionPid, environment }: Signs): boolean =>
  terminal === 0 &&
  sessionPid !== parentSessionPid &&
  !environment.some((piece) => MARKS_OF_A_PERSON.test(piece));
