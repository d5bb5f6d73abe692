/** `opta graph`: the network picture of the definition on a target, on standard output. */
import type { App, TargetName } from '../app/app.ts';
import { type Picture, pictureOf } from '../app/picture.ts';
import { readApp } from '../app/read.ts';
import { themeOf } from '../ui/theme.ts';
import { definitionOptions, type ExitCode, type Invocation, text } from './invocation.ts';

export async function graph(invocation: Invocation): Promise<ExitCode> {
  const asked = text(invocation, 'target') as TargetName | undefined;
  const { target: _, ...options } = definitionOptions(invocation, 'process');
  const app = await readApp({ ...options, target: asked });
  const picture = pictureOf(app, asked ?? targetOf(app));
  invocation.system.stdout.write((await formats[text(invocation, 'format') ?? 'text']?.(picture, invocation)) ?? '');
  return 0;
}

/** The one that fits the environment's provider, as it was resolved for. */
function targetOf({ provider }: App): TargetName {
  if (provider === 'aws') return 'aws';
  return provider === 'google' ? 'gcp' : 'process';
}

const formats: Readonly<Record<string, (picture: Picture, invocation: Invocation) => Promise<string> | string>> = {
  text: async (picture, { system }) => {
    const { graphText } = await import('../ui/graph/text.ts');
    return graphText(picture, {
      columns: Math.min(system.stdout.columns || 80, 100),
      unicode: themeOf(system, system.stdout).unicode,
    });
  },
  mermaid: async (picture) => (await import('../ui/graph/mermaid.ts')).graphMermaid(picture),
  svg: async (picture) => (await import('../ui/graph/svg.ts')).graphSvg(picture),
  json: (picture) => `${JSON.stringify(picture, undefined, 2)}\n`,
};
