import { expect, it } from 'vitest';
import { installCommandFor } from './install-command.ts';

it.each([
  ['redis', 'darwin', '', 'brew install valkey'],
  ['postgresql', 'darwin', '', 'brew install postgresql@17'],
  ['redis', 'win32', '', expect.stringContaining('wsl --install')],
  ['redis', 'linux', 'PRETTY_NAME="Debian"\nID=debian\n', 'sudo apt-get install redis-server'],
  ['redis', 'linux', 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'sudo apt-get install redis-server'],
  ['redis', 'linux', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'sudo dnf install valkey'],
  ['redis', 'linux', 'ID=alpine\n', 'sudo apk add valkey'],
  ['redis', 'linux', 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', 'sudo zypper install valkey'],
  ['postgresql', 'linux', 'ID=debian\n', 'sudo apt-get install postgresql'],
  ['postgresql', 'linux', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'sudo dnf install postgresql-server'],
  ['redis', 'linux', '', expect.stringContaining('https://')],
] as const)('gives one command to install %s on %s with %j', (software, platform, osRelease, line) => {
  expect(installCommandFor(software, platform, osRelease)).toEqual(line);
});
