// Plain JavaScript for any Node from 20 on.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  join(homedir(), 'Applications/Google Chrome.app/Contents/MacOS/Google Chrome'),
];
const windowsPlaces = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((variable) =>
  join(process.env[variable] ?? 'C:\\Program Files', 'Google\\Chrome\\Application\\chrome.exe'),
);

/** Path of a Chromium or Chrome on this machine; null when there is none. Environment variables go first. */
export function findChromium() {
  const chosen = ['CHROME_PATH', 'PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH', 'CHROMIUM_PATH'].map(
    (variable) => process.env[variable],
  );
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  const usual = process.platform === 'darwin' ? macPlaces : windowsPlaces;
  const found = [...chosen, ...onPath, ...names.map((name) => `/usr/bin/${name}`), ...usual].find(
    (path) => path && existsSync(path),
  );
  return found ?? null;
}

export function isDebian() {
  try {
    return /^ID(_LIKE)?=.*debian/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false; // Another system altogether.
  }
}
