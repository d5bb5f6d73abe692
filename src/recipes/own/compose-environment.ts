/** Environment variables of a compose service: what a link gives comes from the link, secrets stay out, the rest is carried. */
import { type Compose, type ComposeService, environmentOf } from '../detect/compose.ts';

export interface Environment {
  readonly values: Readonly<Record<string, string>>;
  /** By module that is linked: names of variables by output. */
  readonly names: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const secret = /(PASSWORD|PASSWD|SECRET|TOKEN|PRIVATE|API_?KEY|ACCESS_?KEY|CREDENTIAL)/i;

export function environmentFrom(
  written: Readonly<Record<string, string>>,
  service: ComposeService,
  compose: Compose,
  nameOf: (name: string) => string,
  left: (what: string) => void,
): Environment {
  const values: Record<string, string> = {};
  const names: Record<string, Record<string, string>> = {};
  const give = (module: string, output: string, name: string) => {
    const known = names[module] ?? {};
    if (known[output] !== undefined) return false;
    names[module] = { ...known, [output]: name };
    return true;
  };
  for (const [name, value] of Object.entries(written)) {
    if (name === 'PORT') continue;
    const linked = outputOf(name, value, service, compose);
    if (linked && give(linked.resource ? linked.module : nameOf(linked.module), linked.output, name)) continue;
    if (value === '' || value.includes('${') || value.startsWith('$'))
      left(`variable ${name}, which has no value there`);
    else if (secret.test(name)) left(`variable ${name}, which may be secret`);
    else values[name] = addressed(value, compose, nameOf);
  }
  return { values, names };
}

interface Output {
  readonly module: string;
  readonly resource: boolean;
  readonly output: string;
}

/** Which output of which needed module a variable stands for. */
function outputOf(name: string, value: string, service: ComposeService, compose: Compose): Output | undefined {
  for (const { name: module, type, written } of compose.resources) {
    if (!service.needs.includes(module)) continue;
    const cache = type === 'redis';
    if (!cache && !['postgres', 'mysql', 'mongodb'].includes(type)) continue;
    const host = new RegExp(`^[\\w+:.-]+://(?:[^@/]*@)?${module}(?::\\d+)?(?:/|$)`);
    const found = (output: string): Output => ({ module, resource: true, output });
    if (host.test(value) && !value.startsWith('http')) return found(cache ? 'cache_url' : 'db_url');
    if (value === module) return found(cache ? 'cache_host' : 'db_host');
    if (cache) continue;
    const own = environmentOf(written.environment);
    const key = Object.entries(own).find(([, one]) => one === value && one !== '')?.[0] ?? '';
    const word = `${key} ${name}`;
    if (/PASS/i.test(name) && /PASS/i.test(word)) return found('db_password');
    if (/USER/i.test(name) && /USER/i.test(key)) return found('db_user');
    if (/(DB|DATABASE)(_?NAME)?$/i.test(name) && /(DB|DATABASE)$/i.test(key)) return found('db_name');
    if (/PORT$/i.test(name) && /^(5432|3306|27017)$/.test(value)) return found('db_port');
  }
  for (const { name: module, port } of compose.services) {
    if (!service.needs.includes(module) || port === undefined) continue;
    if (new RegExp(`^https?://${module}(?::\\d+)?/?$`).test(value)) return { module, resource: false, output: 'url' };
  }
  return undefined;
}

/** `http://api:4000/v1` by the name that a service has in a layer. */
function addressed(value: string, compose: Compose, nameOf: (name: string) => string): string {
  return compose.services.reduce(
    (text, { name, port }) =>
      port === undefined
        ? text
        : text.replace(new RegExp(`(https?://)${name}(?::\\d+)?(?=/|$)`), `$1${nameOf(name)}.{layer_name}`),
    value,
  );
}
