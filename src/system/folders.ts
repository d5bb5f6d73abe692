/** Where opta keeps what belongs to the machine and not to a project. */
import { join } from 'node:path';
import type { System } from './system.ts';

/** Data of this user, by the custom of the system (XDG on Linux); `OPTA_DATA_DIR` is another place. */
export function dataFolder(system: Pick<System, 'env' | 'home' | 'platform'>): string {
  const { env, home, platform } = system;
  if (env.OPTA_DATA_DIR) return env.OPTA_DATA_DIR;
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'opta');
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'opta', 'Data');
  return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'opta');
}

/** What can be had again; `OPTA_CACHE_DIR` is another place. */
export function cacheFolder(system: Pick<System, 'env' | 'home' | 'platform'>): string {
  const { env, home, platform } = system;
  if (env.OPTA_CACHE_DIR) return env.OPTA_CACHE_DIR;
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'opta');
  if (platform === 'win32') return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'opta', 'Cache');
  return join(env.XDG_CACHE_HOME || join(home, '.cache'), 'opta');
}

/** Settings of this user; `OPTA_CONFIG_DIR` is another place. */
export function configFolder(system: Pick<System, 'env' | 'home' | 'platform'>): string {
  const { env, home, platform } = system;
  if (env.OPTA_CONFIG_DIR) return env.OPTA_CONFIG_DIR;
  if (platform === 'darwin') return join(home, 'Library', 'Preferences', 'opta');
  if (platform === 'win32') return join(env.APPDATA || join(home, 'AppData', 'Roaming'), 'opta', 'Config');
  return join(env.XDG_CONFIG_HOME || join(home, '.config'), 'opta');
}
