/** What the settings of the clouds' own tools say of this user. Files only: nothing is run, nothing is needed, no secret is read. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { System } from '../../system/system.ts';
import type { Credentials } from './project.ts';

type Where = Pick<System, 'env' | 'home' | 'platform'>;

async function textOf(file: string): Promise<string> {
  // Settings that may not be read are settings that are not there.
  return readFile(file, 'utf8').catch(() => '');
}

type Sections = ReadonlyMap<string, Readonly<Record<string, string>>>;

function sectionsOf(text: string): Sections {
  const sections = new Map<string, Record<string, string>>();
  let current: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, title] = /^\s*\[([^\]]+)\]/.exec(line) ?? [];
    if (title !== undefined) {
      current = sections.get(title.trim()) ?? {};
      sections.set(title.trim(), current);
      continue;
    }
    const [, key, value] = /^([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) current[key] = value;
  }
  return sections;
}

export async function readCredentials(system: Where): Promise<Credentials> {
  const [aws, gcp] = await Promise.all([awsOf(system), gcpOf(system)]);
  return { ...aws, ...gcp };
}

async function awsOf({ env, home }: Where): Promise<Pick<Credentials, 'awsRegion' | 'awsAccounts'>> {
  const sections = sectionsOf(await textOf(env.AWS_CONFIG_FILE || join(home, '.aws', 'config')));
  const profile = env.AWS_PROFILE ?? 'default';
  const chosen = sections.get(profile) ?? sections.get(`profile ${profile}`);
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || chosen?.region;
  const accounts = [...sections].flatMap(([title, keys]) => {
    const id = keys.sso_account_id ?? /^arn:aws[\w-]*:iam::(\d{12}):/.exec(keys.role_arn ?? '')?.[1];
    return id !== undefined && /^\d{12}$/.test(id) ? [{ id, profile: title.replace(/^profile\s+/, '') }] : [];
  });
  const first = accounts.toSorted((a, b) => Number(b.profile === profile) - Number(a.profile === profile));
  const seen = new Set<string>();
  const awsAccounts = first.filter(({ id }) => !seen.has(id) && seen.add(id));
  return { awsAccounts, ...(region !== undefined && /^[a-z]{2}(-[a-z]+)+-\d$/.test(region) && { awsRegion: region }) };
}

async function gcpOf({ env, home, platform }: Where): Promise<Pick<Credentials, 'gcpProject' | 'gcpRegion'>> {
  const usual = platform === 'win32' ? join(env.APPDATA || home, 'gcloud') : join(home, '.config', 'gcloud');
  const folder = env.CLOUDSDK_CONFIG || usual;
  const active = env.CLOUDSDK_ACTIVE_CONFIG_NAME || (await textOf(join(folder, 'active_config'))).trim() || 'default';
  if (!/^[\w-]+$/.test(active)) return {};
  const sections = sectionsOf(await textOf(join(folder, 'configurations', `config_${active}`)));
  const project = env.GOOGLE_CLOUD_PROJECT || env.CLOUDSDK_CORE_PROJECT || sections.get('core')?.project;
  const region = sections.get('compute')?.region;
  return {
    ...(project !== undefined && /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(project) && { gcpProject: project }),
    ...(region !== undefined && /^[a-z]+-[a-z]+\d+$/.test(region) && { gcpRegion: region }),
  };
}
