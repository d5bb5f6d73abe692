/** Prometheus' text format, as the proxies of Linkerd write it. Pure. */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const label = /(\w+)="((?:[^"\\]|\\.)*)"/g;

const plain = (written: string): string => written.replaceAll(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one));

/** Samples of the metrics that bear one of the names; a proxy has hundreds of others. */
export function samplesOf(text: string, names: ReadonlySet<string>): readonly Sample[] {
  return text.split('\n').flatMap((one) => {
    const end = one.search(/[{ ]/);
    if (end <= 0 || !names.has(one.slice(0, end))) return [];
    const [, name = '', written = '', value = ''] = line.exec(one) ?? [];
    const labels = [...written.matchAll(label)].map(([, key = '', text = '']) => [key, plain(text)] as const);
    return name === '' ? [] : [{ name, labels: Object.fromEntries(labels), value: Number(value) }];
  });
}
