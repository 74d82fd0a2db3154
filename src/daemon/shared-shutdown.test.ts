import { describe, expect, it } from 'vitest';
import { detectSharedShutdown, type ProcessContext } from './shared-shutdown.ts';

const userGroup = '0::/user.slice/user-1000.slice/user@1000.service/app.slice/cerevisor.service\n';

function surroundings(changes: {
  pid?: number;
  parentPid?: number;
  files?: Readonly<Record<string, string>>;
  said?: string | null;
  asked?: string[];
}): ProcessContext {
  const { pid = 700, parentPid = 600, files = {}, said = null, asked = [] } = changes;
  return {
    pid,
    parentPid,
    read: (path) => files[path] ?? null,
    exists: (path) => path in files,
    systemctl: async (args) => {
      asked.push(args.join(' '));
      return said;
    },
  };
}

describe('as a service', () => {
  const inService = (said: string | null, group = userGroup) => ({
    files: { '/proc/self/cgroup': group },
    said,
  });

  it.each(['control-group', 'mixed'])(
    'with KillMode=%s, agents end with the daemon',
    async (mode) => {
      const asked: string[] = [];
      const given = { ...inService(`MainPID=700\nKillMode=${mode}\n`), asked };
      expect(await detectSharedShutdown(surroundings(given))).toMatchObject({
        cause: 'service',
        message: expect.stringContaining('cerevisor.service'),
        suggestion: expect.stringContaining('KillMode=process'),
      });
      expect(asked).toEqual(['--user show cerevisor.service -p MainPID -p KillMode']);
    },
  );

  it('also if a launcher is the main process, and if systemd itself runs the unit', async () => {
    const asked: string[] = [];
    const group = '4:memory:/x\n1:name=systemd:/system.slice/cerevisor.service\n';
    const given = { ...inService('MainPID=600\nKillMode=control-group\n', group), asked };
    expect(await detectSharedShutdown(surroundings(given))).toMatchObject({ cause: 'service' });
    expect(asked).toEqual(['show cerevisor.service -p MainPID -p KillMode']);
  });

  it.each([
    ['the unit leaves other processes alone', inService('MainPID=700\nKillMode=process\n')],
    ['the unit is that of someone else', inService('MainPID=5\nKillMode=control-group\n')],
    ['systemd cannot be asked', inService(null)],
    ['it runs in a login session', inService('', '0::/user.slice/session-2.scope\n')],
    [
      'it runs below the manager alone',
      inService('', '0::/user.slice/user@1000.service/a.scope\n'),
    ],
    ['there are no control groups', {}],
  ])('agents continue if %s', async (_, given) => {
    expect(await detectSharedShutdown(surroundings(given))).toBeNull();
  });
});

describe('in a container', () => {
  const mark = { '/.dockerenv': '' };

  it.each([
    ['it is the main process', { pid: 1, files: mark }],
    [
      'it is started by an init process',
      { parentPid: 1, files: { '/run/.containerenv': '', '/proc/1/comm': 'tini\n' } },
    ],
  ])('agents end with the daemon if %s', async (_, given) => {
    expect(await detectSharedShutdown(surroundings(given))).toMatchObject({ cause: 'container' });
  });

  it.each([
    [
      'something else keeps the container',
      { parentPid: 1, files: { ...mark, '/proc/1/comm': 'bash\n' } },
    ],
    ['it was started by hand', { files: mark }],
    ['it is no container', { parentPid: 1, files: { '/proc/1/comm': 'tini\n' } }],
  ])('agents continue if %s', async (_, given) => {
    expect(await detectSharedShutdown(surroundings(given))).toBeNull();
  });
});
