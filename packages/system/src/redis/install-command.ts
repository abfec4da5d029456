import { readFile } from 'node:fs/promises';

/** Matches ID or ID_LIKE of /etc/os-release. https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
const LINUX: Array<[RegExp, string]> = [
  [/\b(debian|ubuntu)\b/, 'sudo apt-get install redis-server'],
  [/\b(fedora|rhel|centos|amzn)\b/, 'sudo dnf install valkey'],
  [/\balpine\b/, 'sudo apk add valkey'],
  [/\barch\b/, 'sudo pacman -S valkey'],
  [/\bsuse\b/, 'sudo zypper install valkey'],
  [/\bnixos\b/, 'nix-shell -p valkey'],
];

/**
 * The command that installs a Redis server. On Windows the systems run in WSL (the Windows Subsystem for Linux), where
 * the platform is Linux.
 */
export function installCommandFor(platform: NodeJS.Platform, osRelease: string): string {
  if (platform === 'darwin') return 'brew install valkey';
  if (platform === 'win32') return 'wsl --install --distribution Debian    (then work in there)';
  if (platform === 'freebsd') return 'sudo pkg install valkey';
  const ids = [...osRelease.matchAll(/^ID(?:_LIKE)?=["']?([^"'\n]*)/gm)].map((match) => match[1]).join(' ');
  return LINUX.find(([id]) => id.test(ids))?.[1] ?? 'see https://valkey.io/download/';
}

export async function installCommand(): Promise<string> {
  return installCommandFor(process.platform, await readFile('/etc/os-release', 'utf8').catch(() => ''));
}
