// Plain JavaScript for Node 20 or newer.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  join(homedir(), 'Applications/Google Chrome.app/Contents/MacOS/Google Chrome'),
];
const windowsPaths = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((variable) =>
  join(process.env[variable] ?? 'C:\\Program Files', 'Google\\Chrome\\Application\\chrome.exe'),
);

/** Path of a Chromium or Chrome on this machine, or null. Environment variables take precedence. */
export function findChromium() {
  const configured = ['CHROME_PATH', 'PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH', 'CHROMIUM_PATH'].map(
    (variable) => process.env[variable],
  );
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  const platformPaths = process.platform === 'darwin' ? macPaths : windowsPaths;
  const found = [
    ...configured,
    ...onPath,
    ...names.map((name) => `/usr/bin/${name}`),
    ...platformPaths,
  ].find((path) => path && existsSync(path));
  return found ?? null;
}

export function isDebian() {
  try {
    return /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false; // Another operating system.
  }
}
