/** What the client library says when the server's program is gone. */
const GONE = /closed client|connection closed|not connected|EPIPE/i;

/** Why an MCP server could not be used, in words that help: a program that ended says why only in a terminal. */
export function mcpFailureText(error: unknown, command: string | undefined): string {
  const message = error instanceof Error ? error.message : String(error);
  return command !== undefined && GONE.test(message)
    ? 'its program ended before it answered. Run the command in a terminal to see why.'
    : message;
}
